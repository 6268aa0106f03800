"""Between the arrays of the checks and torch's tensors."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.types import Array

#: How deep answers of lists, tuples and dictionaries are searched for tensors.
DEEPEST = 6


def tensor_of(array: Array, dtype: Any, device: Any) -> Any:
    """A new tensor of its own memory: floating-point arrays in `dtype`, others in their own."""
    import torch

    made = torch.from_numpy(np.array(array)).to(device)
    return made.to(dtype) if made.is_floating_point() else made


def array_of(tensor: Any) -> Array:
    """A copy as a NumPy array, float64 where the tensor is floating-point."""
    import torch

    plain = tensor.detach()
    if plain.layout is not torch.strided:
        plain = plain.to_dense()
    plain = plain.resolve_conj().resolve_neg().to("cpu")
    array: Array = np.array((plain.to(torch.float64) if plain.is_floating_point() else plain).numpy())
    return array


def tensors_in(answer: Any, depth: int = 0) -> list[Any]:
    """The floating-point tensors of an answer in order, each once: lists, tuples, dictionaries and records included."""
    import torch

    if isinstance(answer, torch.Tensor):
        return [answer] if answer.is_floating_point() else []
    parts: Sequence[Any] = ()
    if isinstance(answer, Mapping):
        parts = list(answer.values())
    elif isinstance(answer, (list, tuple)):
        parts = answer
    elif dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        parts = [getattr(answer, field.name) for field in dataclasses.fields(answer)]
    found: list[Any] = []
    if depth < DEEPEST:
        for part in parts:
            found += [t for t in tensors_in(part, depth + 1) if not any(t is other for other in found)]
    return found


def joined(tensors: Sequence[Any]) -> Array:
    """One array for an answer: a single tensor in its shape, several as one vector after another."""
    arrays = [array_of(tensor) for tensor in tensors]
    return arrays[0] if len(arrays) == 1 else np.concatenate([array.ravel() for array in arrays])


def parted(y_bar: Array, tensors: Sequence[Any]) -> list[Any]:
    """An upstream gradient for each tensor of an answer, the inverse of `joined`; in each one's dtype and device."""
    parts, start = [], 0
    for tensor in tensors:
        piece = np.array(y_bar).ravel()[start : start + tensor.numel()].reshape(tuple(tensor.shape))
        parts.append(tensor_of(piece, tensor.dtype, tensor.device))
        start += tensor.numel()
    return parts


def epsilon_of(dtype: Any) -> float:
    """Machine epsilon of a floating-point torch.dtype."""
    import torch

    return float(torch.finfo(dtype).eps)


def numpy_dtype(dtype: Any) -> np.dtype[Any]:
    """The NumPy dtype of as many digits; float16 for bfloat16, which NumPy lacks."""
    return np.dtype({4: np.float32, 8: np.float64}.get(dtype.itemsize, np.float16))


def storage_epsilon(array: Array) -> float:
    """Epsilon of the narrowest of float16 and float32 that holds every entry exactly; 0 where neither does.

    Whole numbers and short fractions fit into any; an entry counts that is none.
    """
    telling = array[np.isfinite(array) & (array * 2.0**8 != np.round(array * 2.0**8))]
    if telling.size == 0:
        return 0.0
    with np.errstate(over="ignore"):
        for narrow in (np.float16, np.float32):
            if np.array_equal(telling.astype(narrow).astype(np.float64), telling):
                return float(np.finfo(narrow).eps)
    return 0.0
