"""From a constructed layer and inputs to a Subject: find the parameters, find their gradients, fix the point.

The order matters: gradients are looked for at the layer's own values, then parameters that are constant are
re-drawn, one by one, and only those that have a gradient.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.calling import Calling, output_of
from gradcheck.cases.evaluation import Evaluator, protected
from gradcheck.cases.gradient_sources import (
    Aftermath,
    Source,
    input_sources,
    learning_rate_of,
    parameter_source,
    returned_source,
)
from gradcheck.cases.parameters import Held, answer, effective, redrawn
from gradcheck.cases.replaying import Exchange, replay
from gradcheck.cases.settling import settle
from gradcheck.cases.state import exchange, slots
from gradcheck.cases.value_match import match_by_value, resolve_accumulation
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Pullback, Role, Subject, Vjp

#: What the upstream gradient is called among the arrays a backward may change.
UPSTREAM = "upstream gradient"
#: A plain step doubles to rounding (1e-16 of the weight); a normalised one is off by half.
SAME_STEP = 1.0e-6
#: Arguments of forward that make it a loss.
_TARGETS = re.compile(
    r"^(y|t|y_?true|true|target_?\w*|\w*_?targets?|\w*labels?|y_?t|truth|ground_?truth|expected)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an adapter is asked to bind.

    Attributes:
        identity: The layer's identity.
        evaluator: Runs the layer on copies.
        forward: Method name.
        backward: Method name.
        arguments: Forward's arguments by name, in order.
        differentiable: Names of those that are primals.
        forget_calls: Whether lists that a first, weight-making forward appended to are emptied.
    """

    identity: str
    evaluator: Evaluator
    forward: str
    backward: str
    arguments: Mapping[str, Any]
    differentiable: tuple[str, ...]
    forget_calls: bool = False

    @property
    def is_loss(self) -> bool:
        """Whether forward is handed a target beside what it is to be differentiated by."""
        others = [name for name in self.arguments if name not in self.differentiable]
        return any(_TARGETS.match(name) for name in others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A layer whose gradients have been found.

    Attributes:
        identity: The layer's identity.
        evaluator: Runs it on copies.
        calling: How it is called.
        parameters: The arrays that matter, by name.
        sources: Where each gradient is read, by primal name.
        point: The primals.
        output_dtype: Dtype of forward's answer.
        is_scalar: Whether forward answers with a bare number.
    """

    identity: str
    evaluator: Evaluator
    calling: Calling
    parameters: Mapping[str, Held]
    sources: Mapping[str, Source]
    point: Mapping[str, Array]
    output_dtype: np.dtype[Any]
    is_scalar: bool

    def arrays(self, primals: Mapping[str, Array]) -> dict[tuple[str, ...], Array]:
        """The parameters among the primals, by their paths."""
        return {item.paths: primals[name] for name, item in self.parameters.items() if name in primals}

    def value(self, primals: Mapping[str, Array]) -> Array:
        """Primals -> y."""
        return answer(self.evaluator, self.calling, primals, self.arrays(primals))

    def value_and_vjp(self, primals: Mapping[str, Array]) -> tuple[Array, Vjp]:
        """Primals -> (y, vjp), with one forward; each vjp runs on a copy of the layer as forward left it."""
        layer, raw, given, y = self._forward(primals)

        def vjp(y_bar: Array) -> Pullback:
            return self._pullback(layer, raw, given, y_bar, primals)

        return y, vjp

    def replay(
        self, primals: Mapping[str, Array], exchange: Exchange, surrounding: AbstractContextManager[None]
    ) -> Any:
        """Forward's answer on a copy whose arrays are exchanged."""
        return replay(self.evaluator, self.calling, primals, self.arrays(primals), exchange, surrounding)

    def aftermath(self, primals: Mapping[str, Array], y_bar: Array) -> Aftermath:
        """Run forward and backward once and tell what was returned and what was left."""
        layer, raw, given, _ = self._forward(primals)
        return self._backward(layer, raw, given, self._upstream(y_bar))[0]

    def _forward(self, primals: Mapping[str, Array]) -> tuple[Any, Any, dict[str, Any], Array]:
        def action() -> tuple[Any, Any, dict[str, Any], Array]:
            layer: Any = self.evaluator.copy()
            for paths, value in self.arrays(primals).items():
                exchange(layer, paths, value)
            raw, given = self.calling.run_forward(layer, primals)
            return layer, raw, given, np.array(output_of(raw, layer), dtype=np.float64)

        return self.evaluator.run(action)

    def _upstream(self, y_bar: Array) -> Any:
        return float(y_bar.reshape(())) if self.is_scalar else y_bar.astype(self.output_dtype)

    def _backward(self, layer: Any, raw: Any, given: Mapping[str, Any], upstream: Any) -> tuple[Aftermath, _Trio]:
        # One deep copy of all three keeps the aliases among them: caches are often the arguments themselves.
        fresh = self.evaluator.copy(_Trio(layer, raw, given))
        before = _snapshot(fresh.layer)
        # A seed of its own: a backward that draws its dropout mask anew would otherwise draw forward's again.
        with self.evaluator.environment(), protected(self.evaluator.seed + 1, type(self.evaluator.layer)):
            returned = self.calling.run_backward(fresh.layer, upstream, fresh.raw, fresh.given)
        return Aftermath(returned=returned, before=before, after=_snapshot(fresh.layer)), fresh

    def _pullback(
        self, layer: Any, raw: Any, given: Mapping[str, Any], y_bar: Array, primals: Mapping[str, Array]
    ) -> Pullback:
        upstream = self._upstream(y_bar)
        kept = copy.copy(upstream) if isinstance(upstream, np.ndarray) else upstream
        aftermath, fresh = self._backward(layer, raw, given, upstream)
        gradients: dict[str, Array] = {}
        absent: dict[str, str] = {}
        rounding: dict[str, float] = {}
        for name, source in self.sources.items():
            item = self.parameters.get(name)
            gradient = aftermath.read(source, item.name if item else "")
            if gradient is None:
                absent[name] = _describe(source)
                continue
            gradients[name] = np.array(gradient)
            if source.kind == "update":
                rounding[name] = steps.EPSILON * float(np.max(np.abs(primals[name]))) / abs(source.rate)
        changed = [name for name in self.calling.differentiable if not _same(fresh.given[name], primals[name])]
        changed += [n for n, item in self.parameters.items() if aftermath.was_written(item.name)]
        if isinstance(upstream, np.ndarray) and not np.array_equal(upstream, kept, equal_nan=True):
            changed.append(UPSTREAM)
        return Pullback(gradients=gradients, absent=absent, changed=tuple(changed), rounding=rounding)


@dataclass(slots=True)
class _Trio:
    layer: Any
    raw: Any
    given: Mapping[str, Any]


def bind(
    identity: str,
    evaluator: Evaluator,
    calling: Calling,
    *,
    cotangent: Array | None = None,
    forget_calls: bool = False,
) -> Subject:
    """Bind a layer to a Subject.

    Args:
        identity: The layer's identity.
        evaluator: Runs the layer on copies.
        calling: How to call it.
        cotangent: The only upstream gradient, where backward takes none.
        forget_calls: Whether lists that a first, weight-making forward appended to are emptied.

    Raises:
        BuildError: Forward does not answer with finite numbers, or backward leaves no gradient anywhere.
    """
    inputs = {name: np.array(calling.arguments[name], dtype=np.float64) for name in calling.differentiable}
    evaluator, y, dtype, is_scalar = settle(evaluator, calling, inputs, forget_calls=forget_calls)
    matters = effective(evaluator, calling, inputs, y)
    parameters = {item.name: item for item in matters}
    point = {**inputs, **{name: np.array(item.value, dtype=np.float64) for name, item in parameters.items()}}
    bound = Bound(
        identity=identity, evaluator=evaluator, calling=calling, parameters=parameters, sources={}, point=point,
        output_dtype=dtype, is_scalar=is_scalar,
    )  # fmt: skip
    y_bar = (
        cotangent
        if cotangent is not None
        else sampling.gaussian(sampling.generator(evaluator.seed, "binding"), y.shape)
    )
    sources, notes = _sources(bound, inputs, y_bar)
    if not sources:
        raise BuildError(
            "backward returned no array and left none on the layer that gradcheck recognises as a gradient"
        )
    left = bound.aftermath(bound.point, y_bar)
    if all(left.read(source, name) is None for name, source in sources.items()):
        raise BuildError("backward leaves every gradient None: the layer may be frozen, or not trained by backward")
    stateful = _stateful_updates(bound, sources, y_bar)
    for name in stateful:
        del sources[name]
        notes.append(f"`{name}` is moved by an optimizer inside backward; its gradient cannot be read off the step")
    found = {name: item for name, item in parameters.items() if name in sources}
    point = {name: value for name, value in point.items() if name in inputs or name in found}
    bound = dataclasses.replace(bound, parameters=found, sources=sources, point=point)
    bound = dataclasses.replace(bound, point=_away_from_initial(bound, y.shape))
    updates = bool(stateful) or any(source.kind == "update" for source in sources.values())
    return Subject(
        name=identity,
        primals=bound.point,
        roles={name: Role.INPUT if name in inputs else Role.PARAMETER for name in bound.point},
        native={**{name: item.value.dtype for name, item in found.items()}, "output": dtype},
        precision=_precision(bound),
        value=bound.value,
        value_and_vjp=bound.value_and_vjp,
        replay=bound.replay,
        cotangent=cotangent,
        updates_parameters=updates,
        stateful_update=bool(stateful),
        unknown_rate=updates and not calling.learning_rate,
        unchecked=tuple(notes),
    )


def _sources(bound: Bound, inputs: Mapping[str, Array], y_bar: Array) -> tuple[dict[str, Source], list[str]]:
    aftermath = bound.aftermath(bound.point, y_bar)
    shapes = {name: item.value for name, item in bound.parameters.items()}
    sources = input_sources(aftermath, inputs, shapes)
    notes = [f"backward gives no gradient of `{name}`" for name in inputs if name not in sources]
    unnamed: list[str] = []
    for name, item in bound.parameters.items():
        source = parameter_source(name, item.paths, aftermath)
        source = source or returned_source(name, item.value.shape, aftermath, list(sources.values()))
        if source is None and aftermath.was_written(name):
            rate = learning_rate_of(bound.evaluator.layer, bound.calling.learning_rate)
            source = Source(kind="update", rate=rate)
        if source is None or (source.kind == "place" and not aftermath.was_written(source.key)):
            unnamed.append(name)
        if source is not None:
            sources[name] = resolve_accumulation(source, name, aftermath, bound, y_bar)
    for name in unnamed:
        place = match_by_value(name, aftermath, bound, y_bar, [s.key for s in sources.values() if s.kind == "place"])
        if place is not None:
            sources[name] = Source(kind="place", key=place)
        elif name not in sources:
            notes.append(f"no gradient found for `{name}` {bound.point[name].shape}, which changes the output")
    return sources, notes


def _stateful_updates(bound: Bound, sources: Mapping[str, Source], y_bar: Array) -> list[str]:
    """The parameters whose step is no multiple of the gradient: none of the layer's doubles with the upstream one.

    Where some do, the step is plain, and one that does not is an error to be found (weights updated too early).
    """
    updates = [name for name, source in sources.items() if source.kind == "update"]
    if not updates:
        return []
    once, twice = (bound.aftermath(bound.point, factor * y_bar) for factor in (1.0, 2.0))
    found = []
    for name in updates:
        small, large = (after.read(sources[name], name) for after in (once, twice))
        if small is None or large is None or not np.allclose(large, 2.0 * small, rtol=SAME_STEP, atol=SAME_STEP):
            found.append(name)
    return found if len(found) == len(updates) else []


def _away_from_initial(bound: Bound, shape: tuple[int, ...]) -> dict[str, Array]:
    point = dict(bound.point)
    for name, item in bound.parameters.items():
        moved = {**point, name: redrawn(item, bound.evaluator.seed)}
        try:
            changed = bound.value(moved)
        except Exception:  # noqa: BLE001, S112 - whatever the user's forward raises, the old value is kept
            continue
        if np.all(np.isfinite(changed)) and changed.shape == shape:
            point = moved
    return point


def _precision(bound: Bound) -> float:
    """Epsilon of what forward keeps for backward: float32 caches make a float64 gradient as exact as float32."""
    after = bound.aftermath(bound.point, np.zeros(bound.value(bound.point).shape)).before
    kept = [value.dtype for value in after.values() if isinstance(value, np.ndarray) and value.size > 1]
    return float(np.finfo(np.float32).eps) if np.dtype(np.float32) in kept else steps.EPSILON


def _snapshot(layer: object) -> dict[str, Any]:
    return {slot.path: (value.copy() if isinstance(value, np.ndarray) else value) for slot, value in slots(layer)}


def _same(given: Any, original: Array) -> bool:
    return isinstance(given, np.ndarray) and np.array_equal(given, original, equal_nan=True)


def _describe(source: Source) -> str:
    if source.kind == "returned":
        return "backward returned None for it" if source.key is not None else "backward returned no array"
    return f"`{source.key}` is None after backward"
