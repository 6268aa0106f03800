"""Two functions seen as one layer: forward keeps what it was given and answered, backward is called with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.gradients.sources import parts
from gradcheck.cases.running.calling import arrange
from gradcheck.cases.running.items import array_of
from gradcheck.errors import BuildError
from gradcheck.types import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One argument of backward.

    Attributes:
        name: Its name in the signature.
        source: "upstream" (of output `place`), "input" (what forward got as `of`), "answer" (item `place` of what
            forward answered), "rest" (all items from `place` on), "whole" (the answer as it is) or "constant".
        of: Name of forward's argument.
        place: Index into forward's answer; -1 for an answer that is no tuple.
        constant: The value, for "constant".
    """

    name: str
    source: str
    of: str = ""
    place: int = -1
    constant: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a pair is called and what its answers mean.

    Attributes:
        outputs: Which items of forward's answer are differentiated; () for the answer itself.
        handed: Backward's arguments; empty where forward answers with its gradient.
        is_derivative: Whether backward answers with derivatives that are still to be multiplied by the upstream
            gradient.
        returned: Names of what backward returns, as its `return` says, in order.
        owners: Name of each primal to the key of its gradient among what backward returns.
        unmatched: Name of each primal that backward answers a gradient for in a shape that cannot be its own, to that
            shape.
        averaged: What a derivative is the mean over, of a loss that answers per sample: "entries" or "rows" of its
            answer, "" where it is of the answer itself.
        words: What the reading assumes, for a note; "" where it is the obvious one.
    """

    outputs: tuple[int, ...]
    handed: tuple[Handed, ...] = ()
    is_derivative: bool = False
    returned: tuple[str, ...] = ()
    owners: Mapping[str, Any] = field(default_factory=dict)
    unmatched: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    averaged: str = ""
    words: str = ""


@dataclass(kw_only=True)
class FunctionPair:
    """A function and the one that gives its gradient, in the form of a layer.

    Attributes:
        owner: The object whose methods they are, None for functions of a module.
        value: The forward function, or its name on the owner.
        pullback: The backward function, or its name on the owner; None where forward answers with its gradient.
        packed: Name of each dictionary of arrays that forward takes to the arrays in it: key to primal.
        in_order: Names of forward's arguments where backward must answer with one gradient for each, in their order;
            empty where names, shapes and values tell whose a gradient is.
        reading: How it is called; None until that is known.
        raw: What forward answered last.
        given: What forward was given then.
    """

    owner: Any
    value: Any
    pullback: Any
    packed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    in_order: tuple[str, ...] = ()
    reading: Reading | None = None
    raw: Any = None
    given: dict[str, Any] | None = None

    def function(self, which: Any) -> Callable[..., Any]:
        """One of the two as something to call."""
        found: Callable[..., Any] = getattr(self.owner, which) if isinstance(which, str) else which
        return found

    @property
    def value_name(self) -> str:
        """What the user calls the function that gives the value."""
        return self.value if isinstance(self.value, str) else str(getattr(self.value, "__name__", "forward"))

    @property
    def pullback_name(self) -> str:
        """What the user calls the function that gives the gradient."""
        return self.pullback if isinstance(self.pullback, str) else str(getattr(self.pullback, "__name__", "backward"))

    def answer(self, arguments: Mapping[str, Any]) -> Any:
        """What forward answers, as it is; keeps it for backward."""
        self.given = self._assembled(arguments)
        function = self.function(self.value)
        positional, keywords = arrange(function, self.given)
        self.raw = function(*positional, **keywords)
        return self.raw

    def forward(self, **arguments: Any) -> Any:
        """The output that is differentiated; several are laid end to end."""
        raw = self.answer(arguments)
        outputs = self._outputs(raw)
        if len(outputs) == 1:
            return outputs[0]
        return np.concatenate([np.reshape(output, -1) for output in outputs])

    def backward(self, upstream: Any) -> dict[str, Any]:
        """The gradient of every primal that has one, by name."""
        found = dict(parts(self.returned(upstream)))
        owners = self._known().owners
        return {name: self._pulled_back(found.get(key), name, upstream) for name, key in owners.items()}

    def returned(self, upstream: Any) -> Any:
        """What backward answers, as it is."""
        reading = self._known()
        if self.pullback is None:
            return tuple(self.raw[1:])
        split = self._split(upstream)
        function = self.function(self.pullback)
        given = {argument.name: self._value(argument, split) for argument in reading.handed}
        positional, keywords = arrange(function, given)
        return function(*positional, **keywords)

    def _known(self) -> Reading:
        if self.reading is None:
            raise BuildError("how its backward is called is not known yet")
        return self.reading

    def _assembled(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        primals = {primal for keys in self.packed.values() for primal in keys.values()}
        whole = {name: value for name, value in arguments.items() if name not in primals}
        for name, keys in self.packed.items():
            whole[name] = {**whole.get(name, {}), **{key: arguments[primal] for key, primal in keys.items()}}
        return whole

    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the outputs of the last forward, where it has several."""
        outputs = self._outputs(self.raw)
        return tuple(np.shape(output) for output in outputs) if len(outputs) > 1 else ()

    @property
    def is_handed(self) -> bool:
        """Whether backward is handed something that its forward got or answered."""
        return any(argument.source not in {"upstream", "constant"} for argument in self._known().handed)

    def _outputs(self, raw: Any) -> list[Any]:
        places = self._known().outputs
        return [raw[place] for place in places] if places else [raw]

    def _split(self, upstream: Any) -> dict[int, Any]:
        """The upstream gradient of each output, by its place in forward's answer."""
        places = self._known().outputs
        if len(places) < 2:
            return {places[0] if places else -1: upstream}
        shapes = [np.shape(self.raw[place]) for place in places]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        pieces = [
            upstream[end - int(np.prod(shape)) : end].reshape(shape) for end, shape in zip(ends, shapes, strict=True)
        ]
        return dict(zip(places, pieces, strict=True))

    def _value(self, argument: Handed, split: Mapping[int, Any]) -> Any:
        given = self.given or {}
        if argument.source == "upstream":
            return split[argument.place]
        if argument.source == "input":
            return given[argument.of]
        if argument.source == "answer":
            return self.raw if argument.place < 0 else self.raw[argument.place]
        if argument.source == "rest":
            return self.raw[argument.place :]
        return self.raw if argument.source == "whole" else argument.constant

    def _pulled_back(self, part: Any, name: str, upstream: Any) -> Any:
        if part is None:
            return None
        if self.pullback is None:
            return upstream * part
        reading = self._known()
        if not reading.is_derivative:
            return part
        counts = {"": 1, "entries": np.size(upstream), "rows": (*np.shape(upstream), 1)[0]}
        derivative = np.asarray(part) * float(counts[reading.averaged])
        return pulled_back(derivative, np.shape(array_of(self.given or {}, name)), upstream)


def pulled_back(derivative: Array, shape: tuple[int, ...], upstream: Any) -> Array:
    """The gradient that a derivative gives: entry by entry, by a Jacobian, or of a number.

    Args:
        derivative: dy/dx: of x's shape, or of y's and then x's, or one Jacobian per row.
        shape: x's shape.
        upstream: The upstream gradient, of y's shape.

    Raises:
        BuildError: It has none of these shapes.
    """
    y_bar = np.asarray(upstream)
    if derivative.shape == y_bar.shape + shape and y_bar.ndim:
        return np.tensordot(y_bar, derivative, y_bar.ndim)
    if derivative.ndim == 3 and y_bar.ndim == 2 and derivative.shape == (*y_bar.shape, *shape[1:]) and len(shape) == 2:
        return np.asarray(np.einsum("ni,nij->nj", y_bar, derivative))
    if derivative.shape == shape or derivative.ndim == 0:
        if y_bar.size == 1:
            return np.asarray(derivative * y_bar.reshape(()))
        if y_bar.shape == shape:
            return np.asarray(derivative * y_bar)
        if y_bar.shape == shape[: y_bar.ndim]:
            return np.asarray(derivative * y_bar.reshape(*y_bar.shape, *(1 for _ in shape[y_bar.ndim :])))
    if y_bar.size == 1:
        return np.asarray(derivative * y_bar.reshape(()))
    raise BuildError(f"the derivative has shape {derivative.shape}, neither that of the input {shape} nor a Jacobian's")
