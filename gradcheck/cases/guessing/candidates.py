"""Whether being right on one guessed input excuses a layer that is wrong on an earlier guess.

A convolution written for channels last runs on channels first too, and its gradient there is nobody's concern.
But a layer that is wrong on Gaussian rows is not excused by being right on positive ones, on one row, or on a loss
of one column.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcheck.types import Array, Primals, Role, Subject

#: Rows of a batch agree with the same rows alone to a few roundings; this is far above them.
SAME_ROWS = 1.0e-6


def excuses(second: Subject, first: Subject, *, misshapen: bool = False, crashes: bool = False) -> bool:
    """Whether agreement on the second input says that the first was of a layout the layer is not meant for."""
    if _input_shapes(first) == _input_shapes(second):
        return False
    if _has_negative(first) and not _has_negative(second):
        return False
    if len(second.primals) < len(first.primals):
        # Whole numbers where real ones were accepted: one gradient less to be wrong.
        return False
    # Gradients of another shape than their variables speak of a layout that was not meant: `np.outer` of matrices.
    if misshapen or not is_single(second):
        return True
    # A layer made for single samples is allowed; one that takes a batch in forward must be right for it.
    outputs = [subject.value(subject.primals).size for subject in (first, second)]
    if outputs[0] == 1:
        return False
    # On a vector it answers with a number, on a matrix with something else: `v @ v` is another function there.
    if outputs[1] == 1:
        return True
    # Backward raises on a batch where a bias of one column is moved by the gradient in place. One that answers for the
    # batch must be right for it.
    return (crashes and has_column_parameters(second)) or not rows_are_independent(first)


def is_accidental(subject: Subject) -> bool:
    """Whether several guessed inputs met by broadcasting rather than by design.

    The answer has more axes than any input, or an input has an axis of length one that another one stretches.
    """
    shapes = _input_shapes(subject)
    y = subject.value(subject.primals)
    if subject.cotangent is not None and y.ndim > 1 and y.size > 1 and y.shape not in shapes:
        # A loss that answers with a matrix of its own.
        return True
    if len(shapes) < 2:
        return False
    misshapen = any(1 in shape and len(shape) > 1 for shape in shapes)
    return misshapen or y.ndim > max(len(shape) for shape in shapes)


def may_broadcast(subject: Subject) -> bool:
    """Whether there are several inputs and their shapes fit one another; vectors of 8 and 6 entries do not."""
    shapes = _input_shapes(subject)
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        return False
    return len(shapes) > 1


def rows_are_independent(subject: Subject) -> bool:
    """Whether forward of the first rows, or columns, equals those of forward: the layer takes batches."""
    return any(_independent_along(axis, subject) for axis in (0, -1))


def is_single(subject: Subject) -> bool:
    """Whether an input has no batch: rank below two, or an axis of length one."""
    return any(len(shape) < 2 or 1 in shape for shape in _input_shapes(subject))


def has_column_parameters(subject: Subject) -> bool:
    """Whether a parameter is a column, as in layers written for one sample (m, 1) at a time."""
    parameters = (x for name, x in subject.primals.items() if subject.roles[name] is Role.PARAMETER)
    return any(x.ndim == 2 and x.shape[1] == 1 < x.shape[0] for x in parameters)


def _independent_along(axis: int, subject: Subject) -> bool:
    inputs = {n: x for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT}
    if not inputs or any(x.ndim < 2 or x.shape[axis] < 2 for x in inputs.values()):
        return False
    y = subject.value(subject.primals)
    for rows in (1, 2):
        few = _attempt(subject.value, {**subject.primals, **{n: _first(x, rows, axis) for n, x in inputs.items()}})
        if few is None or few.ndim != y.ndim or few.ndim == 0 or few.shape[axis] != rows:
            return False
        if few.shape != _first(y, rows, axis).shape or not np.allclose(few, _first(y, rows, axis), SAME_ROWS, 0.0):
            return False
    return True


def _first(array: Array, rows: int, axis: int) -> Array:
    return np.take(array, np.arange(rows), axis)


def _attempt(value: Callable[[Primals], Array], primals: Primals) -> Array | None:
    try:
        return value(primals)
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; it means "not accepted"
        return None


def _has_negative(subject: Subject) -> bool:
    return any(bool(np.any(x < 0.0)) for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT)


def _input_shapes(subject: Subject) -> list[tuple[int, ...]]:
    return [x.shape for n, x in subject.primals.items() if subject.roles[n] is Role.INPUT]
