"""Naming a constant factor between actual and expected: what it is, and what it may come from."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.types import Quantity, Role, Subject

#: Relative distance at which a measured factor is taken for a named one: ten times the spread of `compare`'s.
NEAR = 1.0e-5


def describe(factor: float, subject: Subject) -> str:
    """A factor in words: `-expected`, `2 * expected`, `expected / 4, the batch size`."""
    if _near(factor, -1.0):
        return "actual = -expected: the sign is wrong"
    if _near(factor, 0.0):
        return "actual is zero"
    sizes = dimension_names(subject)
    for size, name in sizes.items():
        if _near(factor, 1.0 / size):
            return f"actual = expected / {size}, {name}"
        if _near(factor, float(size)) and size > 2:
            return f"actual = {size} * expected, {size} is {name}"
    for value, text in ((2.0, "2"), (0.5, "1/2"), (-2.0, "-2"), (-0.5, "-1/2")):
        if _near(factor, value):
            return f"actual = {text} * expected"
    return f"actual = {factor:.6g} * expected"


def advice(factor: float, subject: Subject) -> str:
    """What a factor may come from, "" where it says nothing."""
    if _near(factor, -1.0):
        return "a sign may be flipped"
    if _near(factor, 0.0):
        return "it may never be written"
    sizes = dimension_names(subject)
    for size, name in sizes.items():
        if _near(factor, 1.0 / size) and size != 2:
            return f"a mean may stand where a sum belongs, over {name}"
        if _near(factor, float(size)) and size != 2:
            return f"a sum may stand where a mean belongs, over {name}"
    if _near(abs(factor), 0.5):
        return "the 2 of a square's derivative may be missing"
    if _near(abs(factor), 2.0):
        return "a 2 may be one too many, or a half missing"
    return "a constant of forward may be missing in backward, or one too many"


def dimension_names(subject: Subject) -> dict[int, str]:
    """Sizes a factor may come from, with what they are, the batch first."""
    named: dict[int, str] = {}
    for name, x in subject.primals.items():
        if subject.roles[name] is Role.INPUT:
            for axis, size in enumerate(x.shape):
                if size > 1:
                    named.setdefault(size, "the batch size" if axis == 0 and x.ndim > 1 else f"{name}.shape[{axis}]")
            if x.size > 1:
                named.setdefault(x.size, f"{name}.size")
    return named


def mean_over(quantities: Sequence[Quantity], subject: Subject) -> int | None:
    """N where every parameter's gradient is the true one divided by the same N and every input's is right.

    N must be a size of an input. This is how layers look whose loss does not divide by the batch size.
    """
    parameters = [q for q in quantities if q.role is Role.PARAMETER]
    inputs = [q for q in quantities if q.role is Role.INPUT]
    factors = [q.factor for q in parameters]
    if not parameters or any(factor is None for factor in factors) or any(q.wrong for q in inputs):
        return None
    first = factors[0]
    # A factor is known no better than the gradient it was measured on.
    slack = max(NEAR, *(q.smallest_error for q in parameters))
    if first is None or first <= 0.0 or not all(_near(factor or 0.0, first, slack) for factor in factors):
        return None
    return next((size for size in dimension_names(subject) if _near(first, 1.0 / size, slack)), None)


def _near(value: float, target: float, slack: float = NEAR) -> bool:
    return abs(value - target) <= slack * max(abs(target), NEAR)
