"""How one layer is called: forward's arguments, what forward's answer is, backward's arguments."""

from __future__ import annotations

import copy
import functools
import inspect
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.running.items import array_of, with_items
from gradcheck.cases.running.presenting import laid_out
from gradcheck.errors import BuildError
from gradcheck.types import Array, Presentation

#: Attributes on which a layer whose forward returns nothing leaves its output.
OUTPUT_ATTRIBUTES = ("output", "outputs", "out", "y", "activation", "a", "loss")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of backward.

    Attributes:
        name: Its name in the signature.
        source: "upstream", "input" (what forward got under `of`), "output", "cache", "item" (the item `part` of
            forward's answer) or "constant".
        of: Name of the forward argument, for "input".
        part: Which of several outputs it is the upstream gradient of; None for that of the only one, or of all of them
            together as forward returned them. For "item", which item.
        constant: The value, for "constant".
        keyword: Whether it must be passed by name.
    """

    name: str
    source: str
    of: str = ""
    part: int | None = None
    constant: Any = None
    keyword: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """The calling convention of one layer.

    Attributes:
        forward: Method name.
        backward: Method name.
        arguments: Forward's arguments by name, in order.
        differentiable: Names of the arguments, and of items of lists, that are primals.
        plan: Backward's arguments.
        learning_rate: The rate handed to a backward that updates weights, 0 where there is none.
        outputs: Which items of forward's answer are outputs, where it has several: y is all of them, end to end.
        presentation: How primals and the upstream gradient lie in memory.
    """

    forward: str
    backward: str
    arguments: Mapping[str, Any]
    differentiable: tuple[str, ...]
    plan: tuple[Argument, ...] = ()
    learning_rate: float = 0.0
    outputs: tuple[int, ...] = ()
    presentation: Presentation = field(default_factory=Presentation)

    @property
    def takes_upstream(self) -> bool:
        """Whether backward is handed an upstream gradient."""
        return any(argument.source == "upstream" for argument in self.plan)

    def run_forward(self, layer: Any, primals: Mapping[str, Array]) -> tuple[Any, dict[str, Any]]:
        """Call forward with copies; returns its raw answer and the arguments it got."""
        arrays = {
            n: self._handed(primals[n] if n in primals else array_of(self.arguments, n)) for n in self.differentiable
        }
        others = {name: value if name in arrays else _copied(value) for name, value in self.arguments.items()}
        given = with_items(others, arrays)
        method = getattr(layer, self.forward)
        positional, keywords = arrange(method, given)
        return method(*positional, **keywords), given

    def run_backward(self, layer: Any, upstream: Any, raw: Any, given: Mapping[str, Any]) -> Any:
        """Call backward as planned; returns its raw answer."""
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for argument in self.plan:
            value = self._value(argument, upstream, raw, given, layer)
            if argument.keyword:
                keywords[argument.name] = value
            else:
                positional.append(value)
        return getattr(layer, self.backward)(*positional, **keywords)

    def _handed(self, value: Any) -> Any:
        # What stands for an array under a tracer has no memory of its own.
        if self.presentation.inputs and type(value) is np.ndarray:
            return laid_out(value, self.presentation.inputs)
        return _copied(value)

    def _value(self, argument: Argument, upstream: Any, raw: Any, given: Mapping[str, Any], layer: Any) -> Any:
        if argument.source == "upstream":
            return self._upstream(argument, upstream, raw) if self.outputs else upstream
        if argument.source == "input":
            return given[argument.of]
        if argument.source == "output":
            return self.output_of(raw, layer)
        if argument.source == "cache":
            if self.outputs:
                return next(item for index, item in enumerate(raw) if index not in self.outputs)
            return raw[1] if isinstance(raw, tuple) and len(raw) == 2 else raw[1:]
        return raw[argument.part] if argument.source == "item" else argument.constant

    def output_of(self, raw: Any, layer: object) -> Array:
        """The output in what forward returned or left on the layer; several of them end to end in one vector.

        Raises:
            BuildError: There is none.
        """
        return np.asarray(self.answer_in(raw, layer))

    def answer_in(self, raw: Any, layer: object) -> Any:
        """The same as it is there, not converted: a number, an array or what stands for one.

        Raises:
            BuildError: There is none.
        """
        if not self.outputs:
            first = raw[0] if isinstance(raw, tuple) and raw else raw
            return first if self._is_answer_to_nothing(first) else answer_in(raw, layer)
        return np.concatenate([np.reshape(raw[index], (-1,)) for index in self.outputs])

    def _is_answer_to_nothing(self, answer: Any) -> bool:
        """Whether this is the answer of no entries to inputs of none; one to inputs that have some is no answer."""
        if not isinstance(answer, np.ndarray) or answer.size or answer.dtype.kind != "f":
            return False
        return any(isinstance(value, np.ndarray) and not value.size for value in self.arguments.values())

    def shapes_in(self, raw: Any) -> tuple[tuple[int, ...], ...]:
        """Shapes of the outputs in forward's answer, where there are several."""
        return tuple(np.shape(raw[index]) for index in self.outputs)

    def _upstream(self, argument: Argument, upstream: Array, raw: Any) -> Any:
        """The part of the upstream gradient of one output, or all parts in the form of forward's answer."""
        ends = np.cumsum([np.size(raw[index]) for index in self.outputs])
        flat = np.split(upstream, ends[:-1])
        shaped = [part.reshape(np.shape(raw[index])) for part, index in zip(flat, self.outputs, strict=True)]
        if argument.part is not None:
            return shaped[argument.part]
        return shaped if isinstance(raw, list) else tuple(shaped)


def arrange(method: Any, given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Positional and keyword arguments for a call, in the order of its signature.

    Required arguments go by position as long as none before them is missing, everything else by name; what the
    signature does not name goes to its *args where it has them, else to its **kwargs.
    """
    try:
        parameters = _parameters(method)
    except (TypeError, ValueError):
        return list(given.values()), {}
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    takes_any = any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
    for name, parameter in parameters.items():
        if name not in given or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        required = parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if parameter.kind is parameter.POSITIONAL_ONLY or (required and not keywords):
            positional.append(given[name])
        else:
            keywords[name] = given[name]
    named = [n for n, p in parameters.items() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    for name, value in given.items():
        if name in named:
            continue
        if takes_any:
            positional.append(value)
        else:
            keywords[name] = value
    return positional, keywords


def _parameters(method: Any) -> Mapping[str, inspect.Parameter]:
    if isinstance(method, types.MethodType) and isinstance(method.__func__, types.FunctionType):
        return _bound_parameters(method.__func__)
    return inspect.signature(method).parameters


@functools.lru_cache(maxsize=64)
def _bound_parameters(function: types.FunctionType) -> Mapping[str, inspect.Parameter]:
    # Of the function as a method; each copy of a layer has a method object of its own.
    return inspect.signature(types.MethodType(function, function)).parameters


def output_of(raw: Any, layer: object) -> Array:
    """The floating-point output in what forward returned or left on the layer.

    Raises:
        BuildError: There is none.
    """
    return np.asarray(answer_in(raw, layer))


def answer_in(raw: Any, layer: object) -> Any:
    """The same as it is there, not converted: a number, an array or what stands for one.

    Raises:
        BuildError: There is none.
    """
    found = raw if _is_numeric(raw) else None
    if found is None and isinstance(raw, (tuple, list)) and raw and isinstance(raw[0], (np.ndarray, np.floating)):
        found = raw[0] if _is_numeric(raw[0]) else None
    if found is None and raw is None:
        left = (getattr(layer, name, None) for name in OUTPUT_ATTRIBUTES)
        found = next((value for value in left if _is_numeric(value)), None)
    if found is None:
        kind = type(raw).__name__
        raise BuildError(f"forward returned {kind}, not a floating-point array")
    return found


def _is_numeric(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (np.ndarray, float, np.floating)):
        return False
    return not isinstance(value, np.ndarray) or bool(value.size and np.issubdtype(value.dtype, np.floating))


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(_copied(one) for one in value)
    return copy.deepcopy(value) if isinstance(value, (dict, set)) else value
