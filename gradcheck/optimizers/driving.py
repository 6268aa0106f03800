"""Constructing an optimizer and making it step, in whatever convention it is written."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.optimizers.forms import (
    DerivativeNames,
    Dictionaries,
    Form,
    LayerList,
    Layers,
    Lists,
    Objects,
    Pairs,
    Scalars,
    Single,
    Tensors,
)
from gradcheck.optimizers.model import Array
from gradcheck.optimizers.roles import LEARNING_RATE, VALUES, arguments
from gradcheck.source.optimizer_names import STEP_NAMES

#: Called before and after the step by those who have them; the last counts steps beside an update.
BEFORE = ("pre_update_params", "pre_update", "before_update")
AFTER = ("post_update_params", "post_update", "after_update", "step")
HOLDERS = ("net", "network", "model", "nn")


class CannotDriveError(Exception):
    """This convention is not the optimizer's; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a run.

    Attributes:
        path: The parameters after each step.
        optimizers: The objects that made the steps.
        seen: Whether every gradient was looked at, as far as can be told.
    """

    path: list[list[Array]]
    optimizers: list[Any]
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One way of driving one class.

    Attributes:
        cls: The optimizer's class.
        family: The rule it claims to be.
        method: Name of the method that makes a step.
        form: Name of the convention.
        make: (start) -> Form.
        one_by_one: Whether each parameter gets an optimizer of its own.
    """

    cls: type
    family: str
    method: str
    form: str
    make: Callable[[Sequence[Array]], Form]
    one_by_one: bool = False

    def path(self, settings: Mapping[str, Any], start: Sequence[Array], gradients: Sequence[Sequence[Array]]) -> Ran:
        """Make steps and look at the parameters after each.

        Args:
            settings: Role to value, over `roles.VALUES`.
            start: The parameters before the first step.
            gradients: The gradients of each step.

        Raises:
            CannotDriveError: The convention asks for what nobody knows.
        """
        if not self.one_by_one:
            return self._run(settings, start, gradients)
        runs = [self._run(settings, [p], [[at_step[i]] for at_step in gradients]) for i, p in enumerate(start)]
        return Ran(
            path=[[run.path[t][0] for run in runs] for t in range(len(gradients))],
            optimizers=[run.optimizers[0] for run in runs],
            seen=all(run.seen for run in runs),
        )

    def _run(self, settings: Mapping[str, Any], start: Sequence[Array], gradients: Sequence[Sequence[Array]]) -> Ran:
        form = self.make(start)
        optimizer = self._construct(form, settings)
        step = _Step(optimizer, self.method, self.family, form, one=self.one_by_one)
        path = []
        for count, at_step in enumerate(gradients, start=1):
            form.put(at_step)
            step(count)
            path.append([_as_array(p, like) for p, like in zip(form.read(), start, strict=False)])
        return Ran(path=path, optimizers=[optimizer], seen=form.seen())

    def _construct(self, form: Form, settings: Mapping[str, Any]) -> Any:
        given = {}
        for name, (role, parameter) in arguments(self.cls, self.family).items():
            value = _value(role, form, settings, one=self.one_by_one)
            if value is not _NOTHING and not (role in {"flag", "none"} and parameter.default is not parameter.empty):
                given[name] = value
            elif parameter.default is parameter.empty:
                raise CannotDriveError(f"nobody knows what to give its constructor for `{name}`")
        return self.cls(**given)


_NOTHING = object()


def _value(role: str, form: Form, settings: Mapping[str, Any], *, one: bool) -> Any:
    values = {**VALUES, **settings}
    if role in values:
        return values[role]
    if isinstance(form, Layers):
        held = {"model": form.model, "layers": form.model.layers, "layer": form.layer}
        if role in held:
            return held[role]
    if role in {"parameters", "decayed"}:
        if role == "decayed" and isinstance(form, Pairs):
            return Lists.parameters(form)
        return form.parameters()[0] if one else form.parameters()
    if role == "gradients":
        return form.gradients()[0] if one else form.gradients()
    return _NOTHING


class _Step:
    """One step of an optimizer, called with the number of the step."""

    def __init__(self, optimizer: Any, method: str, family: str, form: Form, *, one: bool) -> None:
        self._optimizer, self._form, self._one = optimizer, form, one
        self._method = getattr(optimizer, method)
        self._arguments = arguments(self._method, family)
        self._states: dict[str, Any] = {}
        self._hooks = [[getattr(optimizer, n) for n in names if n != method and _is_plain(optimizer, n)]
                       for names in (BEFORE, AFTER)]  # fmt: skip
        if not self._arguments and isinstance(form, Layers):
            for name in HOLDERS:
                if not hasattr(optimizer, name):
                    setattr(optimizer, name, form.model)

    def __call__(self, count: int) -> None:
        for hook in self._hooks[0]:
            hook()
        given = {
            name: value
            for name, (role, parameter) in self._arguments.items()
            if (value := self._argument(name, role, parameter, count)) is not _NOTHING
        }
        returned = self._positional(given)
        if returned is not None:
            self._take(returned)
        for hook in self._hooks[1][:1]:
            hook()

    def _positional(self, given: Mapping[str, Any]) -> Any:
        kinds = {name: parameter.kind for name, (_, parameter) in self._arguments.items()}
        first = [value for name, value in given.items() if kinds[name] is not inspect.Parameter.KEYWORD_ONLY]
        rest = {name: value for name, value in given.items() if kinds[name] is inspect.Parameter.KEYWORD_ONLY}
        return self._method(*first, **rest)

    def _argument(self, name: str, role: str, parameter: Any, count: int) -> Any:
        required = parameter.default is parameter.empty
        if not required and role not in {"parameters", "gradients"}:
            return parameter.default
        if role == "name":
            return "W"
        if role == "count":
            return count
        if role == "state" and self._one:
            return self._states.setdefault(name, np.zeros_like(self._form.parameters()[0]))
        if role == "gradient_function":
            gradient = np.array(self._form.gradients()[0])
            return lambda *_: gradient
        value = _value(role, self._form, {"learning_rate": LEARNING_RATE}, one=self._one)
        if value is _NOTHING and required:
            raise CannotDriveError(f"nobody knows what to give its step for `{name}`")
        return value

    def _take(self, returned: Any) -> None:
        if not self._one:
            self._form.take(returned)
            return
        parts = returned if isinstance(returned, tuple) else (returned,)
        if np.shape(parts[0]) != np.shape(self._form.parameters()[0]):
            raise CannotDriveError("its step returns something of another shape than the parameter")
        self._form.take([parts[0]])
        self._states.update(zip(self._states, parts[1:], strict=False))


def _is_plain(optimizer: Any, name: str) -> bool:
    method = getattr(optimizer, name, None)
    return callable(method) and not any(p.default is p.empty for _, p in arguments(method, "").values())


def _as_array(value: Any, like: Array) -> Array:
    array = np.asarray(value)
    if array.shape != like.shape or not np.issubdtype(array.dtype, np.number):
        raise CannotDriveError(f"a parameter of shape {like.shape} became one of shape {array.shape}")
    return array.copy()


def drives(cls: type, family: str) -> Iterator[Drive]:
    """Every way the signatures of a class allow it to be driven, the likeliest first."""
    taken = {role for role, _ in arguments(cls, family).values()}
    for method in (name for name in STEP_NAMES if callable(getattr(cls, name, None))):
        wanted = _wanted(cls, method, family)
        drive = functools.partial(Drive, cls=cls, family=family, method=method)
        if (taken | wanted) & {"model", "layers", "layer"}:
            yield from (_layered(drive, form) for form in ("arrays", "pairs", "dictionaries"))
        if "parameters" in taken:
            forms: list[Callable[[Sequence[Array]], Form]] = [Objects, Pairs, Lists, Dictionaries, Scalars, Tensors]
            if "gradients" in wanted:
                forms = [Lists, Dictionaries, DerivativeNames, Objects]
            yield from (drive(form=_words(form), make=form) for form in forms)
            yield drive(form="layers in a list", make=functools.partial(LayerList, form="arrays"))
        elif {"parameters", "gradients"} <= wanted:
            if not wanted & {"name", "state"}:
                several = (Dictionaries, Lists, DerivativeNames)
                yield from (drive(form=_words(form), make=form) for form in several)
            yield drive(form="single arrays", make=Single, one_by_one=True)
        elif {"parameters", "gradient_function"} <= wanted:
            yield drive(form="single arrays", make=Single, one_by_one=True)
        elif "parameters" in wanted:
            yield from (drive(form=_words(form), make=form) for form in (Objects, Pairs))
        elif not wanted:
            yield from (_layered(drive, form) for form in ("arrays", "dictionaries"))


def _words(form: type | Callable[..., object]) -> str:
    """The words of a form: `DerivativeNames` is "derivative names"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", getattr(form, "__name__", "")).lower()


def _layered(drive: Callable[..., Drive], form: str) -> Drive:
    return drive(form=f"a layer with {form}", make=functools.partial(Layers, form=form))


def _wanted(cls: type, method: str, family: str) -> set[str]:
    roles = list(arguments(getattr(cls, method), family).values())
    # The class's own function has `self` in front.
    required = {role for role, parameter in roles if parameter.default is parameter.empty and parameter.name != "self"}
    return required | {role for role, _ in roles if role in {"parameters", "gradients"}}
