"""A layer whose gradients have been found: its value, its backward, and what a backward leaves."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.calling import Calling, output_of
from gradcheck.cases.evaluation import Evaluator, protected
from gradcheck.cases.gradient_sources import Aftermath, Source
from gradcheck.cases.parameters import Held, answer
from gradcheck.cases.replaying import Exchange, replay
from gradcheck.cases.state import exchange, slots
from gradcheck.numerics import steps
from gradcheck.types import Array, Pullback, Vjp

#: What the upstream gradient is called among the arrays a backward may change.
UPSTREAM = "upstream gradient"


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

    def aftermath(self, primals: Mapping[str, Array], y_bar: Array, *, cleared: tuple[str, ...] = ()) -> Aftermath:
        """Run forward and backward once and tell what was returned and what was left.

        Args:
            primals: The point.
            y_bar: The upstream gradient.
            cleared: Paths of arrays that are set to 0 before.
        """
        layer, raw, given, _ = self._forward(primals, cleared)
        return self._backward(layer, raw, given, self._upstream(y_bar))[0]

    def _forward(
        self, primals: Mapping[str, Array], cleared: tuple[str, ...] = ()
    ) -> tuple[Any, Any, dict[str, Any], Array]:
        def action() -> tuple[Any, Any, dict[str, Any], Array]:
            layer: Any = self.evaluator.copy()
            exchange(layer, self.arrays(primals))
            for slot, value in list(slots(layer)):
                if slot.path in cleared:
                    slot.write(value * 0.0)
            raw, given = self.calling.run_forward(layer, primals)
            return layer, raw, given, np.array(output_of(raw, layer), dtype=np.float64)

        return self.evaluator.run(action)

    def _upstream(self, y_bar: Array) -> Any:
        return float(y_bar.reshape(())) if self.is_scalar else y_bar.astype(self.output_dtype)

    def _backward(
        self, layer: Any, raw: Any, given: Mapping[str, Any], upstream: Any, watched: Collection[str] | None = None
    ) -> tuple[Aftermath, _Trio]:
        # One deep copy of all three keeps the aliases among them: caches are often the arguments themselves.
        fresh = self.evaluator.copy(_Trio(layer, raw, given))
        before = _snapshot(fresh.layer, watched)
        # A seed of its own: a backward that draws its dropout mask anew would otherwise draw forward's again.
        with self.evaluator.environment(), protected(self.evaluator.seed + 1, type(self.evaluator.layer)):
            returned = self.calling.run_backward(fresh.layer, upstream, fresh.raw, fresh.given)
        after = {slot.path: value for slot, value in slots(fresh.layer)}
        return Aftermath(returned=returned, before=before, after=after), fresh

    def _pullback(
        self, layer: Any, raw: Any, given: Mapping[str, Any], y_bar: Array, primals: Mapping[str, Array]
    ) -> Pullback:
        upstream = self._upstream(y_bar)
        kept = copy.copy(upstream) if isinstance(upstream, np.ndarray) else upstream
        aftermath, fresh = self._backward(layer, raw, given, upstream, self._watched())
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
        changed += [n for n, item in self.parameters.items() if not _same(aftermath.after.get(item.name), primals[n])]
        if isinstance(upstream, np.ndarray) and not np.array_equal(upstream, kept, equal_nan=True):
            changed.append(UPSTREAM)
        return Pullback(gradients=gradients, absent=absent, changed=tuple(changed), rounding=rounding)

    def _watched(self) -> set[str]:
        """The places whose value before backward is needed to read a gradient."""
        added_to = {source.key for source in self.sources.values() if source.accumulates}
        moved = {self.parameters[name].name for name, source in self.sources.items() if source.kind == "update"}
        return added_to | moved


@dataclass(slots=True)
class _Trio:
    layer: Any
    raw: Any
    given: Mapping[str, Any]


def _snapshot(layer: object, watched: Collection[str] | None) -> dict[str, Any]:
    """What the places of a layer hold; arrays are copied."""
    return {
        slot.path: value.copy() if isinstance(value, np.ndarray) else value
        for slot, value in slots(layer)
        if watched is None or slot.path in watched
    }


def _same(given: Any, original: Array) -> bool:
    return isinstance(given, np.ndarray) and np.array_equal(given, original, equal_nan=True)


def _describe(source: Source) -> str:
    if source.kind == "returned":
        return "backward returned None for it" if source.key is not None else "backward returned no array"
    return f"`{source.key}` is None after backward"
