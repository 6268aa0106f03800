"""The true gradient of one primal through any upstream gradient, at any point, as far as it can be afforded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gradcheck.numerics import steps
from gradcheck.types import Array, Exact, Oracle, Primals, Subject

Truth = Callable[[Sequence[Array], Primals | None], Sequence[Array] | None]

Here = Callable[[Sequence[Array]], Sequence[Array]]

#: Other points at which an exact oracle is asked, a forward and a trace each.
MOST_MOVES = 100
FEWEST_MOVES = 4
#: Operations that are traced again at other points for one gradient, about a second of them; ten times as many are
#: gone back through at once.
MOST_OPERATIONS = 10_000
#: Upstream gradients asked of an exact oracle at once: a backward of torch's each.
MOST_BACKWARDS = 256
#: Entries of a primal whose Jacobian finite differences take, two forwards each.
MOST_COLUMNS = 500
#: Numbers of that Jacobian.
MOST_NUMBERS = 2_000_000
#: Numbers of answers at other points that are kept for the other gradients of a failure, 8 MB.
MOST_KEPT = 1_000_000


class Asked:
    """An exact oracle, asked about each point once for all gradients of a failure.

    Args:
        subject: The function under check.
        oracle: An exact one.
    """

    def __init__(self, subject: Subject, oracle: Oracle) -> None:
        self._subject = subject
        self._oracle = oracle
        self._known: dict[tuple[object, ...], Exact] = {}
        self._room = MOST_KEPT

    def __call__(self, cotangents: Sequence[Array], primals: Primals) -> Exact:
        """Every gradient at a point, one mapping per upstream gradient, or why there is none."""
        if self._oracle.exact is None:
            return Exact(refusal="it does not know every entry")
        moved = [(n, x.dtype.str, x.tobytes()) for n, x in primals.items() if x is not self._subject.primals[n]]
        key = (*moved, *(cotangent.tobytes() for cotangent in cotangents))
        if key not in self._known:
            answer = self._oracle.exact(self._subject, primals, cotangents, self._subject.value(primals))
            self._room -= sum(x.size for x in primals.values()) * (len(cotangents) + len(moved))
            if self._room < 0:
                return answer
            self._known[key] = answer
        return self._known[key]


def exact_truth(subject: Subject, name: str, asked: Asked, here: Here | None = None, operations: int = 1) -> Truth:
    """By an oracle that knows every entry.

    Args:
        subject: The function under check.
        name: The primal's name.
        asked: An exact oracle.
        here: Upstream gradients -> the true gradients at the point itself, where that is quicker than to ask again.
        operations: Of one forward; what is asked grows with them.
    """
    moves = max(FEWEST_MOVES, min(MOST_MOVES, MOST_OPERATIONS // max(operations, 1)))

    def truth(cotangents: Sequence[Array], primals: Primals | None) -> Sequence[Array] | None:
        nonlocal moves
        if len(cotangents) > min(MOST_BACKWARDS, 10 * MOST_OPERATIONS // max(operations, 1)):
            return None
        if primals is None and here is not None:
            return here(cotangents)
        moves -= 1
        if moves < 0:
            return None
        answer = asked(cotangents, subject.primals if primals is None else primals)
        return None if answer.refusal else [np.asarray(found[name], dtype=np.float64) for found in answer.gradients]

    return truth


def estimated_truth(subject: Subject, name: str) -> Truth:
    """By two-point differences of every entry; the Jacobian at the point itself is taken once.

    Args:
        subject: The function under check.
        name: The primal's name.
    """
    known: list[Array] = []

    def truth(cotangents: Sequence[Array], primals: Primals | None) -> Sequence[Array] | None:
        x = subject.primals[name]
        if x.size > MOST_COLUMNS or any(x.size * v.size > MOST_NUMBERS for v in cotangents):
            return None
        if primals is not None:
            jacobian = _jacobian(subject, name, primals)
        else:
            if not known:
                known.append(_jacobian(subject, name, subject.primals))
            jacobian = known[0]
        return [(jacobian @ np.ravel(v)).reshape(x.shape) for v in cotangents]

    return truth


def _jacobian(subject: Subject, name: str, primals: Primals) -> Array:
    """The Jacobian dy / dx, one row per entry of x."""
    x = primals[name]
    move = steps.entry_step(subject.noise) * steps.magnitude(x)
    rows = []
    for flat in range(x.size):
        unit = np.zeros(x.size)
        unit[flat] = move
        shaped = unit.reshape(x.shape)
        with np.errstate(all="ignore"):
            plus = subject.value({**primals, name: x + shaped})
            minus = subject.value({**primals, name: x - shaped})
        rows.append(np.nan_to_num(np.ravel(plus - minus) / (2.0 * move)))
    return np.array(rows).reshape(x.size, -1)
