"""What optimizers are handed for parameters: arrays, objects with a gradient, layers and models, by many names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.optimizers.model import Array


class ValuedArray(np.ndarray):
    """An array with its numbers in `.values` too, as structures of parameters have them."""

    @property
    def values(self) -> Any:
        """The numbers."""
        return self.view(np.ndarray)

    @values.setter
    def values(self, new: Any) -> None:
        self[...] = new


class GradientArray(np.ndarray):
    """An array whose `.data` is the array: some tapes keep a gradient in a tensor, some in a plain array."""

    @property
    def data(self) -> Any:
        """The values."""
        return self.view(np.ndarray)


_DATA = frozenset({"data", "value", "val", "values", "array", "weight", "param"})
_GRADIENT = frozenset({"grad", "gradient", "dw", "derivative", "d"})


class ParameterObject:
    """A parameter with its value and its gradient, as attributes and as items, by their usual names.

    Attributes:
        seen: Whether anybody asked for the gradient.
    """

    requires_grad = True
    device = None
    xp = np

    def __init__(self, data: Any, gradient: Any) -> None:
        self.__dict__.update(_data=data, _gradient=gradient, seen=False)

    def __getattr__(self, name: str) -> Any:
        if name in _GRADIENT:
            self.__dict__["seen"] = True
            return self._gradient
        if name in _DATA:
            return self._data
        if name in {"shape", "dtype", "ndim", "size"}:
            return getattr(self._data, name)
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_data" if name in _DATA else "_gradient" if name in _GRADIENT else name] = value

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def zero_grad(self) -> None:
        """Do nothing: the gradients of the next step are written over these."""


_WEIGHT = re.compile(r"[wW]|weights?|kernel")
_BIAS = re.compile(r"b|bias|biases")
_BEFORE = re.compile(r"(?:d(?:[LJ]_?d)?|grads?_?|d_|gradient_|delta_?)(?=[wWbk])")
_AFTER = re.compile(r"_(?:grads?|gradients?)$")
_CONTAINERS = {"params": "parameters", "parameters": "parameters", "grads": "gradients", "gradients": "gradients"}


class Layer:
    """A layer with W and b and their gradients, whatever they are called.

    Args:
        W: The weight.
        b: The bias.
        form: What `weights`, `params` and their gradients are: "arrays", "pairs" or "dictionaries".
    """

    def __init__(self, W: Array, b: Array, form: str) -> None:
        self.__dict__["seen"] = set()
        self.__dict__["_held"] = {"W": W, "b": b, "dW": np.zeros_like(W), "db": np.zeros_like(b)}
        self.__dict__["_form"] = form
        self.__dict__["_dictionaries"] = (
            {"W": W, "b": b},
            {"W": self.__dict__["_held"]["dW"], "b": self.__dict__["_held"]["db"]},
        )

    def put(self, dW: Array, db: Array) -> None:
        """Give the layer new gradients."""
        self._held.update(dW=dW, db=db)
        self._dictionaries[1].update(W=dW, b=db)

    def read(self) -> list[Array]:
        """The parameters as they are now."""
        if self._form == "dictionaries":
            return [self._dictionaries[0]["W"], self._dictionaries[0]["b"]]
        return [self._held["W"], self._held["b"]]

    def slopes(self) -> dict[str, Array]:
        """The gradients as they are now, by name."""
        return {"W": self._held["dW"], "b": self._held["db"]}

    def set_weights(self, w: Array, b: Array) -> None:
        """Take new parameters."""
        self._held.update(W=w, b=b)

    set_wights = set_params = set_parameters = set_weights

    def __getattr__(self, name: str) -> Any:
        container = _CONTAINERS.get(name) or ({"weights": "parameters"}.get(name) if self._form != "arrays" else None)
        if container and self._form == "pairs":
            names = ("W", "b") if container == "parameters" else ("dW", "db")
            return tuple(self._held[each] for each in names)
        if container:
            return self._dictionaries[0 if container == "parameters" else 1]
        held = _held_name(name)
        if held is None:
            raise AttributeError(name)
        self.seen.add(held)
        return self._held[held]

    def __setattr__(self, name: str, value: Any) -> None:
        held = _held_name(name)
        if held is None:
            self.__dict__[name] = value
        else:
            self._held[held] = value


def _held_name(name: str) -> str | None:
    bare = _AFTER.sub("", _BEFORE.sub("", name))
    which = "W" if _WEIGHT.fullmatch(bare) else "b" if _BIAS.fullmatch(bare) else None
    return which if which is None or bare == name else f"d{which}"


class CallableList(list[Any]):
    """A list that may be called for itself: `model.parameters` and `model.parameters()`."""

    def __call__(self) -> CallableList:
        """Return the list itself."""
        return self


class Model:
    """A model of one layer, by the usual names.

    Args:
        layer: The layer.
    """

    def __init__(self, layer: Layer) -> None:
        self.layers = self.modules = self.network = CallableList([layer])
        self._layer = layer

    @property
    def parameters(self) -> CallableList:
        """The parameters as arrays."""
        return CallableList(self._layer.read())

    params = weights = parameters

    @property
    def gradients(self) -> CallableList:
        """The gradients as arrays."""
        return CallableList([self._layer.dW, self._layer.db])

    grads = param_grads = parameter_gradients = gradients

    def params_and_grads(self) -> Iterator[tuple[Array, Array]]:
        """Each parameter with its gradient."""
        return zip(self.parameters, self.gradients, strict=True)

    get_params_and_grads = parameters_and_gradients = params_and_grads
