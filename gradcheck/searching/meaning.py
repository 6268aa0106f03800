"""Whether a layer that takes inputs of another rank is the same function there."""

from __future__ import annotations

import numpy as np

from gradcheck.types import Array, Role, Subject

#: Rows computed together agree with the same rows alone to a few roundings; this is far above them.
SAME = 1.0e-6


def is_same_function(subject: Subject, extra: int) -> bool:
    """Whether forward of (n, t, ...) is forward of (n t, ...), row by row.

    A batch normalisation over the first axis or a softmax over the second one takes one axis more, and is another
    function there: nobody promised its gradient.

    Args:
        subject: The layer on inputs with axes put behind the first one.
        extra: How many.
    """
    inputs = {n: x for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT}
    if not inputs or subject.cotangent is not None:
        return False
    y = subject.value(subject.primals)
    try:
        rows = subject.value({**subject.primals, **{n: _flat(x, extra) for n, x in inputs.items()}})
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; then it is no function of rows
        return False
    if y.ndim <= extra or rows.shape != _flat(y, extra).shape:
        return False
    return bool(np.allclose(rows, _flat(y, extra), SAME, SAME * float(np.max(np.abs(y), initial=0.0))))


def _flat(x: Array, extra: int) -> Array:
    flat: Array = x.reshape(-1, *x.shape[1 + extra :])
    return flat
