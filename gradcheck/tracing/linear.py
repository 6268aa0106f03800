"""Products, contractions and linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.tape import Tape
from gradcheck.tracing.writing import deliver


def dot(tape: Tape, a: Any, b: Any, out: Any = None) -> Any:
    """np.dot."""
    x, y = tape.operands((a, b))
    if not x.ndim or not y.ndim:
        result = x * y
    elif y.ndim == 1 or (x.ndim <= 2 and y.ndim == 2):
        result = tape.torch.matmul(x, y)
    else:
        result = tape.torch.tensordot(x, y, ([x.ndim - 1], [y.ndim - 2]))
    return deliver(tape, tape.wrap(result), out)


def inner(tape: Tape, a: Any, b: Any) -> Any:
    """np.inner."""
    x, y = tape.operands((a, b))
    return tape.wrap(x * y if not x.ndim or not y.ndim else tape.torch.inner(x, y))


def outer(tape: Tape, a: Any, b: Any, out: Any = None) -> Any:
    """np.outer."""
    x, y = tape.operands((a, b))
    return deliver(tape, tape.wrap(tape.torch.outer(x.reshape(-1), y.reshape(-1))), out)


def vdot(tape: Tape, a: Any, b: Any) -> Any:
    """np.vdot."""
    x, y = tape.operands((a, b))
    return tape.wrap((x.reshape(-1).conj() * y.reshape(-1)).sum())


def tensordot(tape: Tape, a: Any, b: Any, axes: Any = 2) -> Any:
    """np.tensordot."""
    x, y = tape.operands((a, b))
    if isinstance(axes, (int, np.integer)):
        return tape.wrap(tape.torch.tensordot(x, y, int(axes)))
    first, second = (np.atleast_1d(np.asarray(side, dtype=np.int64)).tolist() for side in axes)
    first = [axis % x.ndim for axis in first]
    second = [axis % y.ndim for axis in second]
    return tape.wrap(tape.torch.tensordot(x, y, (first, second)))


def einsum(tape: Tape, *operands: Any, out: Any = None, optimize: Any = False, **keywords: Any) -> Any:
    """np.einsum."""
    if keywords:
        tape.refuse(f"np.einsum with {next(iter(keywords))}=")
    if isinstance(operands[0], str):
        subscripts, arrays = operands[0], tape.operands(tuple(operands[1:]))
        return deliver(tape, tape.wrap(tape.torch.einsum(subscripts.replace(" ", ""), *arrays)), out)
    arrays = tape.operands(tuple(operands[0 : 2 * (len(operands) // 2) : 2]))
    lists = [list(item) for item in operands[1::2]]
    mixed = [item for pair in zip(arrays, lists, strict=True) for item in pair]
    last = [list(operands[-1])] if len(operands) % 2 else []
    return deliver(tape, tape.wrap(tape.torch.einsum(*mixed, *last)), out)


def kron(tape: Tape, a: Any, b: Any) -> Any:
    """np.kron."""
    return tape.wrap(tape.torch.kron(*tape.operands((a, b))))


def cross(tape: Tape, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """np.cross of vectors in space."""
    x, y = tape.operands((a, b))
    first, second, last = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    x, y = tape.torch.movedim(x, first, -1), tape.torch.movedim(y, second, -1)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        tape.refuse("np.cross of vectors in the plane")
    return tape.wrap(tape.torch.movedim(tape.torch.linalg.cross(*tape.torch.broadcast_tensors(x, y)), -1, last))


def trace(
    tape: Tape, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """np.trace."""
    x = tape.operands((a,), dtype)[0]
    return deliver(tape, tape.wrap(tape.torch.diagonal(x, offset, axis1, axis2).sum(-1)), out)


def norm(tape: Tape, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """np.linalg.norm."""
    tensor = tape.operands((x,))[0]
    axes = axis if axis is None or isinstance(axis, int) else tuple(int(item) for item in np.atleast_1d(axis))
    if isinstance(axes, tuple) and len(axes) == 1:
        axes = axes[0]
    if ord is None and axes is None:
        result = tape.torch.linalg.vector_norm(tensor.reshape(-1))
        result = result.reshape([1] * tensor.ndim) if keepdims else result
    else:
        result = tape.torch.linalg.norm(tensor, ord, axes, keepdim=keepdims)
    return tape.wrap(result)


def solve(tape: Tape, a: Any, b: Any) -> Any:
    """np.linalg.solve: a vector only where b has one axis."""
    matrix, right = tape.operands((a, b))
    if right.ndim == 1:
        return tape.wrap(tape.torch.linalg.solve(matrix, right[..., None])[..., 0])
    return tape.wrap(tape.torch.linalg.solve(matrix, right))


def decomposition(tape: Tape, name: str, *arguments: Any, **keywords: Any) -> Any:
    """Functions of np.linalg that torch.linalg knows under the same name and with the same answer."""
    tensor = tape.operands((arguments[0],))[0]
    found = getattr(tape.torch.linalg, name)(tensor, *arguments[1:], **keywords)
    if isinstance(found, tape.torch.Tensor):
        return tape.wrap(found)
    parts = [tape.wrap(part) for part in found]
    kind = getattr(
        getattr(np.linalg, "_linalg", None), {"slogdet": "SlogdetResult", "eigh": "EighResult"}.get(name, ""), None
    )
    return kind(*parts) if kind is not None else tuple(parts)


def multi_dot(tape: Tape, arrays: Any, *, out: Any = None) -> Any:
    """np.linalg.multi_dot."""
    result = arrays[0]
    for item in arrays[1:]:
        result = dot(tape, result, item)
    return deliver(tape, result, out)


def convolve(tape: Tape, a: Any, v: Any, mode: str = "full") -> Any:
    """np.convolve."""
    x, kernel = tape.operands((a, v))
    if x.numel() < kernel.numel():
        x, kernel = kernel, x
    return tape.wrap(_slide(tape, x[None], kernel.flip(0)[None], mode, same_left=(kernel.numel() - 1) // 2)[0])


def correlate(tape: Tape, a: Any, v: Any, mode: str = "valid") -> Any:
    """np.correlate of real sequences, the longer one first."""
    x, kernel = tape.operands((a, v))
    if x.numel() < kernel.numel():
        tape.refuse("np.correlate with the longer sequence second")
    return tape.wrap(_slide(tape, x[None], kernel[None], mode, same_left=kernel.numel() // 2)[0])


def plane_correlation(
    tape: Tape, flipped: bool, in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0
) -> Any:
    """scipy.signal.correlate2d, and convolve2d with the kernel turned round."""
    x, kernel = tape.operands((in1, in2))
    if boundary != "fill" or fillvalue != 0:
        tape.refuse("scipy.signal on a boundary that is not zero")
    if any(n < k for n, k in zip(x.shape, kernel.shape, strict=True)):
        tape.refuse("scipy.signal with a kernel larger than the image")
    rows, columns = kernel.shape
    kernel = kernel.flip(0, 1) if flipped else kernel
    left = {"valid": (0, 0), "full": (rows - 1, columns - 1)}.get(mode)
    if left is None:
        full = _plane(tape, x, kernel, (rows - 1, columns - 1))
        start = (rows - 1) // 2, (columns - 1) // 2
        return tape.wrap(full[start[0] : start[0] + x.shape[0], start[1] : start[1] + x.shape[1]])
    return tape.wrap(_plane(tape, x, kernel, left))


def _plane(tape: Tape, x: Any, kernel: Any, padding: tuple[int, int]) -> Any:
    return tape.torch.nn.functional.conv2d(x[None, None], kernel[None, None], padding=padding)[0, 0]


def _slide(tape: Tape, x: Any, kernel: Any, mode: str, *, same_left: int) -> Any:
    width = kernel.shape[-1]
    full = tape.torch.nn.functional.conv1d(x[None], kernel[None], padding=width - 1 if mode != "valid" else 0)[0]
    return full[:, same_left : same_left + x.shape[-1]] if mode == "same" else full
