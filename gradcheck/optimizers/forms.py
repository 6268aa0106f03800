"""Conventions of handing over parameters and gradients: one class each, with the same six methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from gradcheck.optimizers.holders import GradientArray, Layer, Model, ParameterObject, ValuedArray
from gradcheck.optimizers.model import Array


class Form(Protocol):
    """One convention, holding the parameters of one run."""

    def parameters(self) -> Any:
        """What stands for all parameters."""

    def gradients(self) -> Any:
        """What stands for all gradients of this step."""

    def put(self, gradients: Sequence[Array]) -> None:
        """Take the gradients of the next step."""

    def read(self) -> list[Any]:
        """The parameters as they are now, in their order."""

    def take(self, returned: Any) -> None:
        """Take the parameters that a step returned; raises where they are of another form."""

    def seen(self) -> bool:
        """Whether every gradient was looked at, as far as can be told."""


class Lists:
    """A list of arrays and a list of gradients; both lists and all arrays stay the same objects."""

    def __init__(self, start: Sequence[Array]) -> None:
        self._parameters: list[Any] = [np.array(p) for p in start]
        self._gradients: list[Any] = [np.zeros_like(p) for p in start]

    def parameters(self) -> Any:
        """The list of parameters."""
        return self._parameters

    def gradients(self) -> Any:
        """The list of gradients."""
        return self._gradients

    def put(self, gradients: Sequence[Array]) -> None:
        """Write the gradients into their arrays."""
        for mine, new in zip(self._gradients, gradients, strict=True):
            mine[...] = new

    def read(self) -> list[Any]:
        """The parameters."""
        return self._parameters

    def take(self, returned: Any) -> None:
        """Take a list of parameters."""
        first = returned[0] if isinstance(returned, tuple) and isinstance(returned[0], list) else returned
        if len(first) != len(self._parameters):
            raise TypeError
        self._parameters = [np.asarray(p) for p in first]

    def seen(self) -> bool:
        """An array does not tell who looks at it; whoever takes it for a gradient does."""
        return True


class Single(Lists):
    """One array and its gradient."""

    def __init__(self, start: Sequence[Array]) -> None:
        super().__init__(start)
        self._parameters = [p.view(ValuedArray) for p in self._parameters]
        self._gradients = [g.view(ValuedArray) for g in self._gradients]


class Pairs(Lists):
    """A list of (parameter, gradient)."""

    def parameters(self) -> Any:
        """The list of pairs."""
        return list(zip(self._parameters, self._gradients, strict=True))


class Dictionaries(Lists):
    """A dictionary of arrays and one of gradients under the same names."""

    NAMES = ("W1", "b1", "W2")

    def __init__(self, start: Sequence[Array]) -> None:
        super().__init__(start)
        self._named = dict(zip(self.NAMES, self._parameters, strict=False))
        self._slopes = dict(zip(self.NAMES, self._gradients, strict=False))

    def parameters(self) -> Any:
        """The dictionary of parameters."""
        return self._named

    def gradients(self) -> Any:
        """The dictionary of gradients."""
        return self._slopes

    def read(self) -> list[Any]:
        """The parameters."""
        return list(self._named.values())

    def take(self, returned: Any) -> None:
        """Take a dictionary of parameters."""
        first = returned[0] if isinstance(returned, tuple) and isinstance(returned[0], dict) else returned
        self._named = {name: np.asarray(first[name]) for name in self._named}


class DerivativeNames(Dictionaries):
    """A dictionary of arrays and one of gradients under their names with a d before them."""

    def gradients(self) -> Any:
        """The dictionary of gradients."""
        return {f"d{name}": value for name, value in self._slopes.items()}


class Objects:
    """A list of objects with a value and a gradient."""

    def __init__(self, start: Sequence[Array]) -> None:
        self._objects = [ParameterObject(np.array(p), np.zeros_like(p).view(GradientArray)) for p in start]

    def parameters(self) -> Any:
        """The list of objects."""
        return self._objects

    def gradients(self) -> Any:
        """The list of gradients."""
        return [each.grad for each in self._objects]

    def put(self, gradients: Sequence[Array]) -> None:
        """Give every object its gradient."""
        for each, new in zip(self._objects, gradients, strict=True):
            each.grad = np.array(new).view(GradientArray)

    def read(self) -> list[Any]:
        """The parameters."""
        return [_plain(each.data) for each in self._objects]

    def take(self, returned: Any) -> None:
        """Objects are changed, not returned."""
        raise TypeError(type(returned))

    def seen(self) -> bool:
        """Whether every object's gradient was read."""
        return all(each.seen for each in self._objects)


def _plain(value: Any) -> Any:
    """The array in a tensor of the user's own, where it is one."""
    return value.numpy() if not isinstance(value, np.ndarray) and callable(getattr(value, "numpy", None)) else value


class Scalars(Objects):
    """A list of objects with a number and its derivative, as scalar tapes have."""

    def __init__(self, start: Sequence[Array]) -> None:
        self._shapes = [p.shape for p in start]
        self._objects = [ParameterObject(float(p), 0.0) for p in np.concatenate([p.ravel() for p in start])]

    def put(self, gradients: Sequence[Array]) -> None:
        """Give every object its derivative."""
        for each, new in zip(self._objects, np.concatenate([g.ravel() for g in gradients]), strict=True):
            each.grad = float(new)

    def read(self) -> list[Any]:
        """The parameters in their shapes."""
        flat = np.array([float(each.data) for each in self._objects])
        parts = np.split(flat, np.cumsum([int(np.prod(shape)) for shape in self._shapes])[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]


class Tensors:
    """A list of torch parameters; raises ImportError where torch is not installed."""

    def __init__(self, start: Sequence[Array]) -> None:
        import torch

        self._torch = torch
        self._tensors = [torch.nn.Parameter(torch.tensor(p)) for p in start]

    def parameters(self) -> Any:
        """The list of parameters."""
        return self._tensors

    def gradients(self) -> Any:
        """The list of gradients."""
        return [each.grad for each in self._tensors]

    def put(self, gradients: Sequence[Array]) -> None:
        """Give every parameter its gradient."""
        for each, new in zip(self._tensors, gradients, strict=True):
            each.grad = self._torch.tensor(np.array(new))

    def read(self) -> list[Any]:
        """The parameters as arrays."""
        return [each.detach().numpy() for each in self._tensors]

    def take(self, returned: Any) -> None:
        """Tensors are changed, not returned."""
        raise TypeError(type(returned))

    def seen(self) -> bool:
        """A tensor does not tell who looks at it."""
        return True


class Layers:
    """A model of one layer with W and b.

    Args:
        start: W and b.
        form: See `holders.Layer`.
    """

    def __init__(self, start: Sequence[Array], form: str) -> None:
        self.layer = Layer(np.array(start[0]), np.array(start[1]), form)
        self.model = Model(self.layer)

    def parameters(self) -> Any:
        """The parameters by name."""
        return dict(zip(("W", "b"), self.layer.read(), strict=True))

    def gradients(self) -> Any:
        """The gradients by name."""
        return self.layer.slopes()

    def put(self, gradients: Sequence[Array]) -> None:
        """Give the layer its gradients."""
        self.layer.put(*(np.array(g) for g in gradients[:2]))

    def read(self) -> list[Any]:
        """The layer's parameters."""
        return self.layer.read()

    def take(self, returned: Any) -> None:
        """Layers are changed, not returned."""
        raise TypeError(type(returned))

    def seen(self) -> bool:
        """Whether the gradients of both were read."""
        return {"dW", "db"}.issubset(self.layer.seen)


class LayerList(Layers):
    """A list of layers that goes by the name of parameters."""

    def parameters(self) -> Any:
        """The list of layers."""
        return self.model.layers
