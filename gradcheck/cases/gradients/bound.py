"""A layer whose gradients have been found: its value, its backward, and what a backward leaves."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.gradients.parameters import Held, answer
from gradcheck.cases.gradients.sources import Aftermath, Source
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.copies import LARGE_LAYER, Lending, Paths, is_same, with_arrays
from gradcheck.cases.running.evaluation import Evaluator, protected
from gradcheck.cases.running.items import array_of
from gradcheck.cases.running.presenting import laid_out
from gradcheck.cases.running.replaying import Exchange, replay
from gradcheck.cases.states.state import slots
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
        lending: Which parameters need not be copied.
    """

    identity: str
    evaluator: Evaluator
    calling: Calling
    parameters: Mapping[str, Held]
    sources: Mapping[str, Source]
    point: Mapping[str, Array]
    output_dtype: np.dtype[Any]
    is_scalar: bool
    lending: Lending = field(default_factory=Lending)

    def arrays(self, primals: Mapping[str, Array]) -> dict[tuple[str, ...], Array]:
        """The parameters among the primals, by their paths."""
        return {item.paths: primals[name] for name, item in self.parameters.items() if name in primals}

    def value(self, primals: Mapping[str, Array]) -> Array:
        """Primals -> y."""
        arrays = self.arrays(primals)
        return self.lending.run(lambda lent: answer(self.evaluator, self.calling, primals, arrays, lent))

    def value_and_vjp(self, primals: Mapping[str, Array]) -> tuple[Array, Vjp]:
        """Primals -> (y, vjp), with one forward; each vjp runs on a copy of the layer as forward left it.

        The first vjp of a large layer runs on that layer itself; a later one begins with a forward of its own.
        """
        called = self.lending.run(lambda lent: self._forward(primals, lent=lent))
        # Copied at once: what forward keeps may lie in the memory of its module, where the next forward writes.
        kept = [called if self._is_large else self._copied(called)]
        y = called.y

        def again(y_bar: Array, lent: Collection[Paths]) -> Pullback:
            return self._pullback(kept.pop() if kept else self._forward(primals, lent=lent), y_bar, primals)

        def vjp(y_bar: Array) -> Pullback:
            if self._is_large:
                return self.lending.run(lambda lent: again(y_bar, lent))
            return self._pullback(self._copied(kept[0]), y_bar, primals)

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
        called = self._forward(primals, cleared)
        return self._backward(called if self._is_large else self._copied(called), self._upstream(y_bar))

    def kept_by_forward(self) -> list[Any]:
        """What the layer's places hold once forward has run at the point."""
        return [value for _, value in slots(self._forward(self.point).layer)]

    @property
    def _is_large(self) -> bool:
        return sum(item.value.size for item in self.parameters.values()) >= LARGE_LAYER

    def _forward(
        self, primals: Mapping[str, Array], cleared: tuple[str, ...] = (), lent: Collection[Paths] = ()
    ) -> _Called:
        def action() -> _Called:
            layer: Any = with_arrays(self.evaluator, self.arrays(primals), lent)
            for slot, value in list(slots(layer)) if cleared else ():
                if slot.path in cleared:
                    slot.write(value * 0.0)
            raw, given = self.calling.run_forward(layer, primals)
            y = np.array(self.calling.output_of(raw, layer), dtype=np.float64)
            return _Called(layer=layer, raw=raw, given=given, y=y)

        return self.evaluator.run(action)

    def _copied(self, called: _Called) -> _Called:
        # One deep copy of all keeps the aliases among them: caches are often the arguments themselves.
        copied: _Called = self.evaluator.copy(called)
        return copied

    def _upstream(self, y_bar: Array) -> Any:
        if self.is_scalar:
            return float(y_bar.reshape(()))
        upstream = y_bar.astype(self.output_dtype)
        layout = self.calling.presentation.upstream
        return laid_out(upstream, layout) if layout else upstream

    def _backward(self, called: _Called, upstream: Any, watched: Collection[str] | None = None) -> Aftermath:
        held = {slot.path: value for slot, value in slots(called.layer) if watched is None or slot.path in watched}
        before = {path: value.copy() if isinstance(value, np.ndarray) else value for path, value in held.items()}
        # A seed of its own: a backward that draws its dropout mask anew would otherwise draw forward's again.
        with self.evaluator.environment(), protected(self.evaluator.seed + 1, type(self.evaluator.layer)):
            returned = self.calling.run_backward(called.layer, upstream, called.raw, called.given)
        after = {slot.path: value for slot, value in slots(called.layer)}
        replaced = frozenset(
            path
            for path, value in held.items()
            if isinstance(value, np.ndarray) and after.get(path) is not value and is_same(value, before[path])
        )
        return Aftermath(returned=returned, before=before, after=after, replaced=replaced)

    def _pullback(self, called: _Called, y_bar: Array, primals: Mapping[str, Array]) -> Pullback:
        upstream = self._upstream(y_bar)
        kept = copy.copy(upstream) if isinstance(upstream, np.ndarray) else upstream
        aftermath = self._backward(called, upstream, self._watched())
        changed = [
            name for name in self.calling.differentiable if not is_same(array_of(called.given, name), primals[name])
        ]
        changed += [n for n, item in self.parameters.items() if not is_same(aftermath.after.get(item.name), primals[n])]
        if isinstance(upstream, np.ndarray) and not np.array_equal(upstream, kept, equal_nan=True):
            changed.append(UPSTREAM)
        # What forward kept for backward is done with, and may be as large as the gradients.
        called.layer = called.raw = None
        aftermath = self._readable(aftermath)
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
        return Pullback(gradients=gradients, absent=absent, changed=tuple(changed), rounding=rounding)

    def _readable(self, aftermath: Aftermath) -> Aftermath:
        """What gradients are read from, without the rest."""
        read = {place for s in self.sources.values() if s.kind == "place" for place in s.places}
        read |= {self.parameters[name].name for name, s in self.sources.items() if s.kind == "update"}
        return dataclasses.replace(aftermath, after={p: v for p, v in aftermath.after.items() if p in read})

    def _watched(self) -> set[str]:
        """The places whose value before backward is needed to read a gradient."""
        added_to = {place for s in self.sources.values() if s.accumulates for place in s.places}
        moved = {self.parameters[name].name for name, source in self.sources.items() if source.kind == "update"}
        return added_to | moved


@dataclass(slots=True, kw_only=True)
class _Called:
    """A layer after forward, what forward answered, what it was given, and the answer as float64."""

    layer: Any
    raw: Any
    given: Mapping[str, Any]
    y: Array


def _describe(source: Source) -> str:
    if source.kind == "returned":
        return "backward returned None for it" if source.key is not None else "backward returned no array"
    return f"`{source.key}` is None after backward"
