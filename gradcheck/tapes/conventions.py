"""What people call the things of a tape: constructor flags, the numbers, the gradient, the functions that make one."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.tapes.numbers import array_of
from gradcheck.types import Array

#: Constructor arguments that ask for a gradient.
FLAG = re.compile(r"_?(requires?|needs?|wants?|track|compute|is|has|with)?_?(grad|grads|gradient|autograd)|trainable")
#: Where the numbers are, best first.
DATA_NAMES = ("data", "numpy", "to_numpy", "value", "array", "realize_cached_data", "cached_data", "_data", "val",
              "values", "arr", "item", "tolist", "_value", "v")  # fmt: skip
#: Where the gradient is, best first.
GRADIENT_NAMES = ("grad", "gradient", "_grad", "derivative", "get_grad", "adjoint", "grads", "grad_value", "g", "dv")
#: What a method that switches gradients on is handed.
ASKING = (True,)
#: Functions that make tensors.
FACTORY_NAMES = ("tensor", "from_numpy", "as_tensor", "astensor", "array", "variable", "as_variable")
#: Methods and properties that only a tensor of arrays has.
ARRAY_NAMES = ("shape", "sum", "mean", "reshape", "transpose", "T", "matmul", "dot", "__matmul__", "__getitem__")


class Maker:
    """One way of making tensors.

    Args:
        cls: The Tensor class.
        call: What is called: the class, or a function that makes its tensors.
        form: array -> what it is handed.
        flags: Keyword arguments that ask for a gradient.
        code: How it is written.
    """

    def __init__(
        self, cls: type, call: Callable[..., Any], form: Callable[[Array], Any], flags: Mapping[str, Any], code: str
    ) -> None:
        self.cls, self.call, self.form, self.flags, self.code = cls, call, form, flags, code

    def __call__(self, x: Array) -> Any:
        """A tensor that asks for a gradient."""
        tensor = self.call(self.form(x), **self.flags)
        switch = getattr(tensor, "requires_grad_", None)
        if callable(switch) and not _asks(tensor):
            switch(*ASKING)
        elif getattr(tensor, "requires_grad", None) is False:
            tensor.requires_grad = True
        return tensor

    def constant(self, x: Array) -> Any:
        """A tensor that asks for no gradient, where the class knows the difference."""
        return self.call(
            self.form(x), **{name: False if value is True else value for name, value in self.flags.items()}
        )


def makers(
    cls: type, functions: Mapping[str, Callable[..., Any]], given: Mapping[str, Any], *, is_scalar: bool
) -> Iterator[Maker]:
    """Ways of making tensors, best first.

    Args:
        cls: The Tensor class.
        functions: The project's functions, by name.
        given: Keyword arguments a person declared.
        is_scalar: Whether a tensor holds one number.
    """
    calls: list[tuple[str, Callable[..., Any]]] = [(cls.__name__, cls)]
    calls += [(name, functions[name]) for name in FACTORY_NAMES if name in functions]
    if is_scalar:
        forms: tuple[tuple[str, Callable[[Array], Any]], ...] = (("x", _number),)
    else:
        forms = (("x", np.array), ("x.tolist()", np.ndarray.tolist))
    for name, call in calls:
        flags = {**_flags(call), **given}
        written = "".join(f", {key}={value!r}" for key, value in flags.items())
        for word, form in forms:
            yield Maker(cls, call, form, flags, f"{name}({word}{written})")


def holds_one_number(cls: type) -> bool:
    """Whether a class looks like a scalar's: nothing in it belongs to arrays."""
    return not any(_defines(cls, name) for name in ARRAY_NAMES)


def readers(cls: type) -> Iterator[tuple[str, Callable[[Any], Array | None]]]:
    """Ways of reading a tensor's numbers, by name, best first."""
    for name in DATA_NAMES:
        yield name, _reader(name, cls)


def gradients(cls: type, read: Callable[[Any], Array | None]) -> Iterator[tuple[str, Callable[[Any], Array | None]]]:
    """Ways of reading a leaf's gradient, by name, best first."""
    for name in GRADIENT_NAMES:
        yield name, _gradient(name, cls, read)


def has_shape(tensor: Any, x: Array) -> bool:
    """Whether what a tensor says of its own shape is the shape it was made with."""
    shape = getattr(tensor, "shape", None)
    shape = shape() if callable(shape) else shape
    return not isinstance(shape, tuple | list) or tuple(shape) == x.shape


def _reader(name: str, cls: type) -> Callable[[Any], Array | None]:
    def read(tensor: Any) -> Array | None:
        held = getattr(tensor, name, None)
        return array_of(held() if inspect.ismethod(held) else held, cls)

    return read


def _gradient(name: str, cls: type, read: Callable[[Any], Array | None]) -> Callable[[Any], Array | None]:
    def gradient(leaf: Any) -> Array | None:
        held = getattr(leaf, name, None)
        held = held() if inspect.ismethod(held) else held
        return read(held) if isinstance(held, cls) else array_of(held)

    return gradient


def _asks(tensor: Any) -> bool:
    asks = getattr(tensor, "requires_grad", False)
    return bool(asks() if callable(asks) else asks)


def _flags(call: Callable[..., Any]) -> dict[str, Any]:
    try:
        parameters = inspect.signature(call).parameters
    except (TypeError, ValueError):
        return {}
    return {name: True for name in parameters if FLAG.fullmatch(name.lower())}


def _number(x: Array) -> float:
    return float(x)


def _defines(cls: type, name: str) -> bool:
    return any(name in vars(base) for base in cls.__mro__[:-1])
