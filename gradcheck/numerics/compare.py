"""Two arrays and what is allowed between them: which entries are wrong, worst first, and what they have in common."""

from __future__ import annotations

import numpy as np

from gradcheck.types import Array, Mismatch

#: How many mismatches a result carries; the report shows fewer.
MOST_MISMATCHES = 20
#: Relative spread of actual / expected below which one factor explains every entry: a hundred times the 1e-8 to
#: which finite differences know an entry, and far below what two unlike gradients have in common by chance.
SAME_FACTOR = 1.0e-6


def where(name: str, flat: int, shape: tuple[int, ...]) -> str:
    """The entry's name as a person writes it: `W[2, 0]`, or the bare name of a scalar."""
    if not shape:
        return name
    index = ", ".join(str(int(i)) for i in np.unravel_index(flat, shape))
    return f"{name}[{index}]"


def mismatches(
    name: str, shape: tuple[int, ...], indices: Array, expected: Array, actual: Array, allowed: Array
) -> tuple[Mismatch, ...]:
    """The entries whose difference exceeds what is allowed, worst first.

    Args:
        name: Primal name.
        shape: Shape of the whole gradient.
        indices: Flat indices of the entries compared, shape (k,).
        expected: The oracle's values there, shape (k,).
        actual: The values under check, shape (k,).
        allowed: Allowed error per entry, broadcastable to (k,).
    """
    excess = np.abs(actual - expected)
    allowed = np.broadcast_to(allowed, excess.shape)
    wrong = np.flatnonzero(~(excess <= allowed))
    order = wrong[np.argsort(-excess[wrong], kind="stable")]
    return tuple(
        Mismatch(
            where=where(name, int(indices[i]), shape),
            expected=float(expected[i]),
            actual=float(actual[i]),
            allowed=float(allowed[i]),
        )
        for i in order[:MOST_MISMATCHES]
    )


def common_factor(expected: Array, actual: Array, allowed: Array) -> float | None:
    """The c with actual = c * expected on every entry, if there is one; c = 1 is none.

    Entries below the allowed error carry no information and must agree to it only.
    """
    allowed = np.broadcast_to(allowed, expected.shape)
    weight = float(np.sum(np.square(expected)))
    if expected.size == 0 or weight == 0.0:
        return None
    factor = float(np.sum(actual * expected)) / weight
    slack = allowed * max(1.0, abs(factor)) + SAME_FACTOR * abs(factor) * np.abs(expected)
    if not np.all(np.abs(actual - factor * expected) <= slack):
        return None
    if abs(factor - 1.0) <= SAME_FACTOR:
        return None
    return factor
