"""The duck array: a torch tensor that NumPy's functions, operators and the user's code take for an array.

It implements NumPy's dispatch protocols and nothing that would let a value out: no buffer, no `__array__`, no
`__float__` while torch records it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, Protocol

import numpy as np

#: Methods of ndarray that are NumPy functions of the same arguments.
_FUNCTIONS = (
    "all any argmax argmin argpartition argsort choose clip compress conj cumprod cumsum diagonal dot max "
    "mean min nonzero prod ptp put ravel repeat round searchsorted squeeze std sum swapaxes take trace "
    "var"
).split()
#: Methods that would hand the value to something that keeps no graph.
_ESCAPES = ("byteswap dump dumps getfield itemset setfield tobytes tofile tostring __reduce_ex__").split()


class Recorder(Protocol):
    """What stands behind the arrays of one trace."""

    def on_ufunc(self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run a ufunc."""

    def on_function(self, function: Any, positional: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run a function of NumPy's namespace."""

    def on_method(self, name: str, array: Traced, positional: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Run what is an operation on arrays but no function of the same arguments."""

    def on_named(self, name: str, *inputs: Any) -> Any:
        """Run a function of the ufunc table by its name."""

    def refuse(self, call: str) -> NoReturn:
        """Give the trace up."""

    def dtype_of(self, tensor: Any) -> np.dtype[Any]:
        """NumPy's name of a tensor's dtype."""


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """A floating-point array of a trace.

    Args:
        tensor: Its values, and the graph that made them.
        recorder: The trace it belongs to.
        is_scalar: Whether NumPy would have answered with a number instead of an array without axes.
    """

    __slots__ = ("is_scalar", "recorder", "tensor")
    __array_priority__ = 1000.0

    def __init__(self, tensor: Any, recorder: Recorder, *, is_scalar: bool = False) -> None:
        self.tensor = tensor
        self.recorder = recorder
        self.is_scalar = is_scalar

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """What `isinstance` is told: an array, or a NumPy number; `type(x)` still tells the truth."""
        return self.dtype.type if self.is_scalar else np.ndarray

    @property
    def is_tracked(self) -> bool:
        """Whether the value depends on a primal."""
        return bool(self.tensor.requires_grad)

    def plain(self) -> Any:
        """The values without the graph, a copy that nothing else shares."""
        return self.tensor.detach().clone().resolve_conj().resolve_neg().numpy()

    # --- what NumPy asks -----------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        return self.recorder.on_ufunc(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self.recorder.on_function(function, args, kwargs)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        if self.is_tracked:
            self.recorder.refuse("a traced value is made a plain array")
        return self.plain().astype(dtype or self.dtype, copy=False)

    # --- shape ---------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """As in NumPy."""
        return tuple(self.tensor.shape)

    @shape.setter
    def shape(self, shape: Any) -> None:
        self.tensor = self.recorder.on_method("reshape", self, (shape,), {}).tensor

    @property
    def dtype(self) -> np.dtype[Any]:
        """As in NumPy."""
        return self.recorder.dtype_of(self.tensor)

    @property
    def ndim(self) -> int:
        """As in NumPy."""
        return int(self.tensor.ndim)

    @property
    def size(self) -> int:
        """As in NumPy."""
        return int(self.tensor.numel())

    @property
    def itemsize(self) -> int:
        """As in NumPy."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """As in NumPy."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """As in NumPy."""
        return tuple(stride * self.itemsize for stride in self.tensor.stride())

    @property
    def flags(self) -> Any:
        """As in NumPy, of an array with the same strides."""
        return np.lib.stride_tricks.as_strided(np.empty(1, self.dtype), self.shape, self.strides).flags

    @property
    def T(self) -> Any:  # noqa: N802 - NumPy's name
        """As in NumPy."""
        return self.transpose()

    @property
    def mT(self) -> Any:  # noqa: N802 - NumPy's name
        """As in NumPy."""
        return self.swapaxes(-1, -2)

    @property
    def real(self) -> Any:
        """As in NumPy."""
        return self.recorder.on_function(np.real, (self,), {})

    @property
    def imag(self) -> Any:
        """As in NumPy."""
        return self.recorder.on_function(np.imag, (self,), {})

    @property
    def flat(self) -> Any:
        """A flat view, where NumPy's iterator would be."""
        return self.recorder.on_method("reshape", self, (-1,), {})

    @flat.setter
    def flat(self, values: Any) -> None:
        self.recorder.on_method("reshape", self, (-1,), {})[...] = values

    @property
    def data(self) -> NoReturn:
        """The memory: refused."""
        self.recorder.refuse("`.data` of a traced array")

    @property
    def ctypes(self) -> NoReturn:
        """The memory: refused."""
        self.recorder.refuse("`.ctypes` of a traced array")

    def reshape(self, *shape: Any, **keywords: Any) -> Any:
        """As in NumPy."""
        return self.recorder.on_method("reshape", self, (_one(shape),), keywords)

    def transpose(self, *axes: Any) -> Any:
        """As in NumPy."""
        return self.recorder.on_method("transpose", self, (_one(axes) if axes else None,), {})

    def flatten(self, order: str = "C") -> Any:
        """As in NumPy."""
        return self.recorder.on_method("reshape", self, (-1,), {"order": order}).copy()

    def copy(self, order: str = "C") -> Any:
        """As in NumPy."""
        return Traced(self.tensor.clone(), self.recorder, is_scalar=self.is_scalar)

    def astype(self, dtype: Any, *arguments: Any, **keywords: Any) -> Any:
        """As in NumPy; what becomes whole numbers or booleans becomes plain."""
        return self.recorder.on_method("astype", self, (dtype, *arguments), keywords)

    def view(self, *arguments: Any, **keywords: Any) -> Any:
        """As in NumPy, of the same dtype only."""
        return self.recorder.on_method("view", self, arguments, keywords)

    def fill(self, value: Any) -> None:
        """As in NumPy."""
        self[...] = value

    def sort(self, axis: int = -1, **_: Any) -> None:
        """As in NumPy, in place."""
        self[...] = self.recorder.on_function(np.sort, (self.copy(), axis), {})

    def resize(self, *_: Any, **__: Any) -> NoReturn:
        """In place, in memory of its own: refused."""
        self.recorder.refuse("`.resize` of a traced array")

    def __getitem__(self, key: Any) -> Any:
        return self.recorder.on_method("getitem", self, (key,), {})

    def __setitem__(self, key: Any, value: Any) -> None:
        self.recorder.on_method("setitem", self, (key, value), {})

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return int(self.tensor.shape[0])

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[index] for index in range(len(self)))

    def __contains__(self, value: Any) -> bool:
        return bool((self == value).any())

    def __copy__(self) -> Any:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    # --- numbers -------------------------------------------------------------------------------------------

    def _number(self, call: str) -> Any:
        if self.is_tracked:
            self.recorder.refuse(f"`{call}` of a traced value")
        return self.plain().item()

    def item(self, *index: Any) -> Any:
        """As in NumPy, the number still traced."""
        if not self.is_tracked:
            return self.plain().item(*index)
        if not index and self.size != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        place = _one(index) if index else 0
        found = self[place] if isinstance(place, tuple) else self.reshape(-1)[place]
        return found.astype(np.float64, copy=False)

    def tolist(self) -> Any:
        """As in NumPy, the numbers still traced."""
        return [row.tolist() for row in self] if self.ndim else self.item()

    def __float__(self) -> float:
        return float(self._number("float()"))

    def __int__(self) -> int:
        return int(self._number("int()"))

    def __complex__(self) -> complex:
        return complex(self._number("complex()"))

    def __bool__(self) -> bool:
        """A branch: its decision is right almost everywhere, and nothing but the decision gets out."""
        return bool(self.plain())

    def __round__(self, digits: int | None = None) -> Any:
        return self.recorder.on_function(np.round, (self, digits or 0), {})

    def __str__(self) -> str:
        """Without values: a number printed and read again would lose its gradient."""
        return f"<traced {self.dtype} array of shape {self.shape}>"

    __repr__ = __str__

    def __format__(self, specification: str) -> str:
        return str(self)

    def __getattr__(self, name: str) -> Any:
        if hasattr(np.ndarray, name) and not name.startswith("__"):
            self.recorder.refuse(f"`.{name}` of a traced array")
        raise AttributeError(f"'numpy.ndarray' object has no attribute '{name}'")


def _one(arguments: tuple[Any, ...]) -> Any:
    return arguments[0] if len(arguments) == 1 else arguments


def _function_method(name: str) -> Any:
    function = getattr(np, name)

    def method(self: Traced, *positional: Any, **keywords: Any) -> Any:
        return self.recorder.on_function(function, (self, *positional), keywords)

    return method


def _escape(name: str) -> Any:
    def method(self: Traced, *positional: Any) -> Any:
        if self.is_tracked:
            self.recorder.refuse("a copy through pickle" if name.startswith("__") else f"`.{name}()` of a traced value")
        return getattr(self.plain(), name)(*positional)

    return method


for _name in _FUNCTIONS:
    setattr(Traced, _name, _function_method(_name))
for _name in _ESCAPES:
    setattr(Traced, _name, _escape(_name))
Traced.conjugate = Traced.conj  # type: ignore[attr-defined]
