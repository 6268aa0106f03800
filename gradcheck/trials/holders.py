"""Reading and writing the numbers of a holder, whatever library it comes from."""

from __future__ import annotations

import numbers
import sys
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.types import Array, Holder

#: Names under which objects keep their numbers, in order of preference.
DATA_NAMES = ("data", "value", "array", "w", "param", "values")


def is_tensor(holder: object) -> bool:
    """Whether it is one of torch's tensors; False where torch was never imported."""
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(holder, torch.Tensor)


def memory(holder: Holder) -> Any:
    """What holds the numbers: the array itself, or the array or number within an object; None where there is none."""
    if isinstance(holder, np.ndarray) or is_tensor(holder):
        return holder
    for name in DATA_NAMES:
        inner = getattr(holder, name, None)
        if isinstance(inner, (np.ndarray, numbers.Real)) or is_tensor(inner):
            return inner
    return None


def read(holder: Holder) -> Array:
    """A copy of the numbers, in their own type.

    Raises:
        UsageError: It holds none.
    """
    if isinstance(holder, numbers.Real):
        return np.array(float(holder))
    held = memory(holder)
    if is_tensor(held):
        detached = held.detach().cpu()
        if str(detached.dtype) == "torch.bfloat16":
            detached = detached.float()
        return np.array(detached.numpy())
    if held is None:
        if isinstance(holder, (list, tuple)) and holder and all(memory(item) is not None for item in holder):
            return np.stack([read(item) for item in holder])
        try:
            return np.array(holder, dtype=np.float64)
        except (TypeError, ValueError) as error:
            message = f"{type(holder).__name__} holds no array: expected an array, a tensor, or an object with `data`"
            raise UsageError(message) from error
    return np.array(held)


def is_narrow(holder: Holder) -> bool:
    """Whether the numbers are bfloat16, which NumPy does not have: they are read as float32."""
    held = memory(holder)
    return is_tensor(held) and str(held.dtype) == "torch.bfloat16"


def spacing(holder: Holder, values: Array) -> Array:
    """The distance from each number to the next one that the holder can hold; 1 for whole numbers."""
    if not np.issubdtype(values.dtype, np.floating):
        return np.ones(values.shape)
    gap: Array = np.spacing(np.abs(values)).astype(np.float64)
    # bfloat16 has 7 bits after the point, float32 has 23.
    return gap * 2.0**16 if is_narrow(holder) else gap


def type_name(holder: Holder, values: Array) -> str:
    """The name of the type in which the numbers are held."""
    return "bfloat16" if is_narrow(holder) else str(values.dtype)


def write(holder: Holder, values: Array) -> None:
    """Put numbers into a holder, in place.

    Raises:
        UsageError: It cannot be changed.
    """
    held = memory(holder)
    if is_tensor(held):
        torch = sys.modules["torch"]
        held.data.copy_(torch.from_numpy(np.ascontiguousarray(values)).reshape(held.shape))
    elif isinstance(held, np.ndarray) and held.flags.writeable:
        held[...] = values
    elif isinstance(held, numbers.Real):
        name = next(name for name in DATA_NAMES if getattr(holder, name, None) is held)
        setattr(holder, name, float(values))
    else:
        message = f"a parameter of type {type(holder).__name__} cannot be changed in place; hand over a NumPy array"
        raise UsageError(message)


def number(value: Any) -> float:
    """A loss as a number: a scalar, an array or tensor of one entry, an object that holds one.

    Raises:
        UsageError: It is no number.
    """
    if isinstance(value, numbers.Real):
        return float(value)
    array = read(value)
    if array.size != 1:
        message = f"the loss must be one number, got an array of shape {array.shape}; take its mean or sum"
        raise UsageError(message)
    return float(array.reshape(()))
