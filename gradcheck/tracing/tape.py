"""What one trace keeps: its tensors' memory, what torch saved of it, and why it was given up."""

from __future__ import annotations

import contextlib
import sys
import weakref
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.refusal import RefusalError, place
from gradcheck.types import Array

_WEAK = (bool, int, float, complex)
#: What a tensor of the trace can hold, and what indexes one.
_FLOATING = ("float16", "float32", "float64", "complex64", "complex128")
_OTHERS = ("bool", "uint8", "int8", "int16", "int32", "int64")


class BorrowedWriteError(Exception):
    """The code writes into memory that was lent to the trace; it is run again with copies."""


class _Saved:
    """A tensor that torch keeps for the backward pass."""

    __slots__ = ("__weakref__", "tensor")

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor


class Tape:
    """The memory of one trace.

    Args:
        torch: The module.
        copies: Whether arrays handed in are copied instead of shared.
    """

    def __init__(self, torch: Any, *, copies: bool) -> None:
        self.torch = torch
        self.copies = copies
        self.refusal = ""
        self.to_torch = {np.dtype(name): getattr(torch, name) for name in (*_FLOATING, *_OTHERS)}
        self.to_numpy: Mapping[Any, np.dtype[Any]] = {value: key for key, value in self.to_torch.items()}
        self.floating = frozenset(np.dtype(name) for name in _FLOATING)
        self._lent: dict[int, Array] = {}
        self._saved: dict[int, list[weakref.ref[_Saved]]] = {}

    # --- from arrays to tensors ----------------------------------------------------------------------------

    def lent(self, array: Array) -> Any:
        """A tensor of an array's values, in the array's own memory unless this trace copies."""
        shareable = array.flags.writeable and array.dtype.isnative and all(stride >= 0 for stride in array.strides)
        if self.copies or not shareable:
            return self.torch.from_numpy(np.array(array, dtype=array.dtype.newbyteorder("=")))
        tensor = self.torch.from_numpy(array)
        self._lent[tensor.untyped_storage().data_ptr()] = array
        return tensor

    def constant(self, array: Any, dtype: np.dtype[Any] | None = None) -> Any:
        """A tensor in memory of its own: the user may write into his array afterwards."""
        return self.torch.from_numpy(np.array(array, dtype=dtype))

    def operands(self, values: tuple[Any, ...], dtype: Any = None) -> list[Any]:
        """Tensors of one dtype, the one NumPy would compute in."""
        wanted = np.dtype(dtype) if dtype is not None else self.common(values)
        return [self.tensor(value, wanted) for value in values]

    def common(self, values: tuple[Any, ...]) -> np.dtype[Any]:
        """NumPy's result dtype; Python's own numbers are weak."""
        kinds: list[Any] = []
        for value in values:
            if type(value) is Traced:
                kinds.append(value.dtype)
            elif type(value) in _WEAK:
                kinds.append(value)
            else:
                kinds.append(np.asarray(value).dtype)
        found = np.result_type(*kinds)
        return found if found in self.floating else np.result_type(found, np.float64)

    def tensor(self, value: Any, dtype: np.dtype[Any]) -> Any:
        """One operand in a given dtype."""
        target = self.to_torch.get(dtype)
        if target is None:
            self.refuse(f"dtype {dtype}")
        if type(value) is Traced:
            return value.tensor if value.tensor.dtype is target else value.tensor.to(target)
        if type(value) in _WEAK:
            return self.torch.scalar_tensor(value, dtype=target)
        return self.constant(value, dtype)

    def wrap(self, tensor: Any) -> Traced:
        """The result of a function: without axes it is a number."""
        return Traced(tensor, self, is_scalar=not tensor.ndim)  # type: ignore[arg-type] # Recorder is a subclass

    def buffer(self, array: Array) -> Traced:
        """An array made by the user's code, ready to be written into."""
        return Traced(self.constant(array), self)  # type: ignore[arg-type] # Recorder is a subclass

    def dtype_of(self, tensor: Any) -> np.dtype[Any]:
        """NumPy's name of a tensor's dtype."""
        return self.to_numpy[tensor.dtype]

    # --- writing -------------------------------------------------------------------------------------------

    def writing(self, tensor: Any) -> None:
        """Make a tensor's memory ready to be written: what torch saved of it is copied first."""
        storage = tensor.untyped_storage().data_ptr()
        if storage in self._lent:
            raise BorrowedWriteError
        for reference in self._saved.pop(storage, ()):
            saved = reference()
            if saved is not None:
                saved.tensor = saved.tensor.clone()

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Record, whatever the surrounding code has switched off."""
        hooks = self.torch.autograd.graph.saved_tensors_hooks(self._keep, lambda saved: saved.tensor)
        with self.torch.inference_mode(mode=False), self.torch.enable_grad(), hooks:
            yield

    def _keep(self, tensor: Any) -> _Saved:
        saved = _Saved(tensor.detach())  # attached, an operation that saves its own result would hold itself
        self._saved.setdefault(tensor.untyped_storage().data_ptr(), []).append(weakref.ref(saved))
        return saved

    # --- giving up -----------------------------------------------------------------------------------------

    def refuse(self, call: str) -> NoReturn:
        """Give the trace up; remembered, for the user's code may catch what is raised."""
        message = f"{call} {place(sys._getframe(1))}".rstrip()  # noqa: SLF001 - the current frame
        self.refusal = self.refusal or message
        raise RefusalError(message)
