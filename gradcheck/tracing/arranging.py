"""Views and joins: what NumPy answers with a view is a view here, so that writing through it is seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.tape import Tape
from gradcheck.tracing.writing import deliver


def _view(tape: Tape, tensor: Any) -> Traced:
    return Traced(tensor, tape)  # type: ignore[arg-type] # Recorder is a subclass


def _tensor(tape: Tape, a: Any) -> Any:
    return tape.operands((a,))[0]


def reshape(tape: Tape, a: Any, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    """np.reshape."""
    x = _tensor(tape, a)
    wanted = shape if newshape is None else newshape
    sizes = tuple(int(n) for n in wanted) if isinstance(wanted, (tuple, list, np.ndarray)) else (int(wanted),)
    if -1 in sizes and x.numel() == 0:
        sizes = np.empty(tuple(x.shape)).reshape(sizes).shape
    if order == "F":
        turned = x.permute(*reversed(range(x.ndim))).reshape(tuple(reversed(sizes)))
        return _view(tape, turned.permute(*reversed(range(turned.ndim))))
    return _view(tape, x.reshape(sizes))


def ravel(tape: Tape, a: Any, order: str = "C") -> Any:
    """np.ravel: a view only of what lies in one piece."""
    x = _tensor(tape, a)
    if order == "C" and not x.is_contiguous():
        x = x.contiguous()
    return reshape(tape, _view(tape, x), -1, order)


def transpose(tape: Tape, a: Any, axes: Any = None) -> Any:
    """np.transpose."""
    x = _tensor(tape, a)
    order = reversed(range(x.ndim)) if axes is None else np.atleast_1d(np.asarray(axes)).tolist()
    return _view(tape, x.permute(*(int(axis) for axis in order)))


def swapaxes(tape: Tape, a: Any, axis1: int, axis2: int) -> Any:
    """np.swapaxes."""
    return _view(tape, _tensor(tape, a).transpose(int(axis1), int(axis2)))


def moveaxis(tape: Tape, a: Any, source: Any, destination: Any) -> Any:
    """np.moveaxis."""
    places = [tuple(np.atleast_1d(np.asarray(side)).tolist()) for side in (source, destination)]
    return _view(tape, tape.torch.movedim(_tensor(tape, a), *places))


def rollaxis(tape: Tape, a: Any, axis: int, start: int = 0) -> Any:
    """np.rollaxis."""
    order = np.rollaxis(np.empty(range(2, 2 + a.ndim)), axis, start).shape
    return transpose(tape, a, [n - 2 for n in order])


def squeeze(tape: Tape, a: Any, axis: Any = None) -> Any:
    """np.squeeze."""
    x = _tensor(tape, a)
    if axis is None:
        return _view(tape, x.squeeze())
    axes = tuple(int(item) % x.ndim for item in np.atleast_1d(np.asarray(axis)))
    if any(x.shape[item] != 1 for item in axes):
        raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    return _view(tape, x.squeeze(axes))


def expand_dims(tape: Tape, a: Any, axis: Any) -> Any:
    """np.expand_dims."""
    shape = np.expand_dims(np.empty(a.shape, bool), axis).shape
    return _view(tape, _tensor(tape, a).reshape(shape))


def broadcast_to(tape: Tape, array: Any, shape: Any, subok: bool = False) -> Any:
    """np.broadcast_to."""
    sizes = tuple(int(n) for n in shape) if isinstance(shape, (tuple, list)) else (int(shape),)
    return _view(tape, _tensor(tape, array).expand(sizes))


def diagonal(tape: Tape, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """np.diagonal."""
    return _view(tape, tape.torch.diagonal(_tensor(tape, a), offset, axis1, axis2))


def real(tape: Tape, val: Any) -> Any:
    """np.real."""
    return tape.wrap(val.tensor.real if val.dtype.kind == "c" else val.tensor)


def imag(tape: Tape, val: Any) -> Any:
    """np.imag."""
    return tape.wrap(val.tensor.imag if val.dtype.kind == "c" else tape.torch.zeros_like(val.tensor))


def concatenate(tape: Tape, arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, casting: Any = None) -> Any:
    """np.concatenate."""
    pieces = tape.operands(tuple(arrays), dtype)
    if axis is None:
        pieces, axis = [piece.reshape(-1) for piece in pieces], 0
    if len({piece.ndim for piece in pieces}) > 1 or not pieces[0].ndim:
        raise ValueError("all the input array dimensions must match exactly, and be at least one")
    return deliver(tape, tape.wrap(tape.torch.cat(pieces, int(axis))), out)


def stack(tape: Tape, arrays: Any, axis: int = 0, out: Any = None, *, dtype: Any = None, casting: Any = None) -> Any:
    """np.stack."""
    pieces = tape.operands(tuple(arrays), dtype)
    return deliver(tape, tape.wrap(tape.torch.stack(pieces, int(axis))), out)


def _joined(tape: Tape, arrays: Any, least: int, axis: int) -> Any:
    pieces = [piece.reshape(_atleast(tuple(piece.shape), least)) for piece in tape.operands(tuple(arrays))]
    return tape.wrap(tape.torch.cat(pieces, 0 if axis == 1 and pieces[0].ndim == 1 else axis))


def _atleast(shape: tuple[int, ...], least: int) -> tuple[int, ...]:
    kind: Any = {1: np.atleast_1d, 2: np.atleast_2d, 3: np.atleast_3d}[least]
    found: tuple[int, ...] = kind(np.empty(shape, bool)).shape
    return found


def hstack(tape: Tape, tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    """np.hstack."""
    return _joined(tape, tup, 1, 1)


def vstack(tape: Tape, tup: Any, *, dtype: Any = None, casting: Any = None) -> Any:
    """np.vstack."""
    return _joined(tape, tup, 2, 0)


def dstack(tape: Tape, tup: Any) -> Any:
    """np.dstack."""
    return _joined(tape, tup, 3, 2)
