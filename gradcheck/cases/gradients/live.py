"""A session on one copy of a bound layer: calls that find what earlier calls left."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.sources import Aftermath, as_array, total
from gradcheck.cases.running.evaluation import Result, protected, restore, state_of
from gradcheck.cases.states.clearing import may_clear, zero_method
from gradcheck.cases.states.modes import flags, switch_arguments, switch_layer
from gradcheck.cases.states.state import exchange, floating, generators_within, lists, slots
from gradcheck.types import Answer, Array, Call, Primals, Session


def opened(bound: Bound, *, is_fresh: bool) -> Session:
    """A session on a copy of the layer as bound.

    Args:
        bound: The layer.
        is_fresh: Whether no forward has been called on the layer that is copied.
    """
    return session_on(bound, bound.evaluator.copy(), is_fresh=is_fresh)


def session_on(bound: Bound, layer: object, *, is_fresh: bool) -> Session:
    """A session on a layer that is nobody else's.

    Args:
        bound: The layer as bound.
        layer: A copy of it.
        is_fresh: Whether no forward has been called on it.
    """
    return _session(_Live(bound, layer), is_fresh=is_fresh)


def beside(bound: Bound, other: object, *, is_fresh: bool) -> tuple[Session, Session]:
    """Sessions on copies of the layer and of another instance; what the two share, their copies share.

    Args:
        bound: The layer.
        other: Another instance of its class, constructed alike.
        is_fresh: Whether no forward has been called on the layer that is copied.
    """
    layer, another = bound.evaluator.copy((bound.evaluator.layer, other))
    return _session(_Live(bound, layer), is_fresh=is_fresh), _session(_Live(bound, another), is_fresh=is_fresh)


def _session(live: _Live, *, is_fresh: bool) -> Session:
    sources = {argument.source for argument in live.bound.calling.plan}
    # What backward is handed is cut to the shapes of several outputs only once forward has answered.
    by_itself = is_fresh and not sources & {"input", "output", "cache", "item"} and not live.bound.calling.outputs
    has_modes = bool(flags(live.layer)) or bool(switch_arguments(live.bound.calling.arguments)[0])
    return Session(
        forward=live.forward,
        backward=live.backward,
        backward_alone=live.backward_alone if by_itself else None,
        zero_gradients=live.zero_gradients if zero_method(live.layer) is not None else None,
        switch=live.switch if has_modes else None,
        narrow=live.narrow,
        pickled=live.pickled,
        copied=live.copied,
        lengths=live.lengths,
        emptied=live.emptied,
        parts=live.parts,
        shared=live.shared,
    )


class _Live:
    """The copy and how it is called.

    Args:
        bound: The layer as bound.
        layer: The copy that is driven.
    """

    def __init__(self, bound: Bound, layer: Any) -> None:
        self.bound = bound
        self.layer = layer
        self.generators = [(generator, state_of(generator)) for generator in generators_within(layer)]
        self.arguments: dict[str, Any] = {}

    def forward(self, primals: Primals, given: Mapping[str, Any], draw: int) -> Call:
        calling = self.bound.calling
        arguments = {**calling.arguments, **self.arguments, **given}

        def action() -> Call:
            exchange(self.layer, self.bound.arrays(primals))
            raw, handed = dataclasses.replace(calling, arguments=arguments).run_forward(self.layer, primals)
            output = calling.output_of(raw, self.layer)
            y = np.array(output, dtype=np.float64)
            return Call(y=y, output=output, raw=raw, given=handed, shapes=calling.shapes_in(raw))

        self._rewind(draw)
        return self._protected(draw, action)

    def backward(self, call: Call, y_bar: Array) -> Answer:
        upstream: Any = float(y_bar.reshape(())) if self.bound.is_scalar else y_bar.astype(call.output.dtype)
        return self._answer(upstream, call.raw, call.given)

    def backward_alone(self, y_bar: Array) -> Answer:
        upstream: Any = float(y_bar.reshape(())) if self.bound.is_scalar else y_bar.astype(self.bound.output_dtype)
        return self._answer(upstream, None, {})

    def zero_gradients(self) -> None:
        method = zero_method(self.layer)
        if method is not None:
            self._protected(0, method)

    def emptied(self) -> dict[str, frozenset[str]]:
        before = self._gradients(self.layer)
        found: dict[str, frozenset[str]] = {}
        for method in [name for name, _ in may_clear(self.layer)]:
            layer = self.bound.evaluator.copy(self.layer)
            try:
                self._protected(0, dict(may_clear(layer))[method])
            except Exception:  # noqa: BLE001, S112 - it wants to be called otherwise, or clears nothing
                continue
            after = self._gradients(layer)
            gone = [name for name, held in before.items() if np.any(held) and not np.any(after.get(name, 0.0))]
            found[method] = frozenset(gone)
        return found

    def parts(self) -> dict[str, str]:
        paths = {path: name for name, item in self.bound.parameters.items() for path in item.paths}
        return {
            paths[slot.path]: slot.path.rpartition(".")[0]
            for slot, _ in slots(self.layer)
            if slot.path in paths and hasattr(slot.owner, self.bound.calling.backward)
        }

    def switch(self) -> str:
        now = switch_layer(self.layer)
        changed, told = switch_arguments({**self.bound.calling.arguments, **self.arguments})
        self.arguments.update(changed)
        return now or told

    def narrow(self, dtype: Any) -> None:
        exchange(self.layer, self.bound.arrays(self.bound.point))
        done: dict[int, Array] = {}
        for slot, array in list(floating(self.layer)):
            if slot.kind == "attribute" or not isinstance(slot.owner, tuple):
                with np.errstate(over="ignore"):
                    slot.write(done.setdefault(id(array), array.astype(dtype)))

    def pickled(self) -> Session:
        # Our own bytes, written a moment ago.
        return self._again(lambda: pickle.loads(pickle.dumps(self.layer)))  # noqa: S301 - bytes made in this line

    def copied(self) -> Session:
        return self._again(lambda: copy.deepcopy(self.layer))

    def _again(self, make: Callable[[], Any]) -> Session:
        made = _Live(self.bound, self._protected(0, make))
        pairs = zip(made.generators, self.generators, strict=True)
        made.generators = [(generator, state) for (generator, _), (_, state) in pairs]
        return _session(made, is_fresh=False)

    def lengths(self) -> dict[str, int]:
        # What a call leaves to be remembered is arrays, or what holds them; numbers in a list are something else.
        kept = {
            path: [item for item in items if not isinstance(item, (str, int, float, np.generic))]
            for path, items in lists(self.layer)
        }
        return {path: len(items) for path, items in kept.items()}

    def shared(self, array: Array) -> tuple[str, ...]:
        paths = {path: name for name, item in self.bound.parameters.items() for path in item.paths}
        held = [(slot.path, value) for slot, value in floating(self.layer) if slot.path in paths]
        return tuple(paths[path] for path, value in held if np.may_share_memory(value, array))

    def _answer(self, upstream: Any, raw: Any, given: Mapping[str, Any]) -> Answer:
        bound = self.bound
        before = {slot.path: copy.copy(value) for slot, value in slots(self.layer)}
        with bound.evaluator.environment(), protected(bound.evaluator.seed + 1, type(self.layer)):
            returned = bound.calling.run_backward(self.layer, upstream, raw, given)
        after = {slot.path: value for slot, value in slots(self.layer)}
        left = Aftermath(returned=returned, before=before, after=after)
        gradients: dict[str, Array] = {}
        held: dict[str, Array] = {}
        own: dict[str, Array] = {}
        for name, source in bound.sources.items():
            if source.kind == "update":
                # The step of an optimizer with a momentum is that of all its calls.
                continue
            is_place = source.kind == "place"
            item = bound.parameters.get(name)
            found = total(after, source) if is_place else left.read(source, item.name if item else "")
            if found is None:
                continue
            gradients[name] = np.array(found)
            earlier = total(before, source) if is_place else None
            if earlier is not None and earlier.shape == found.shape:
                held[name] = np.array(earlier)
            if source.kind == "returned" and item is None:
                own[name] = found
        places = frozenset(name for name, source in bound.sources.items() if source.kind == "place")
        added = frozenset(name for name, source in bound.sources.items() if source.accumulates)
        return Answer(
            gradients=gradients, held=held, returned=own, upstream=upstream, places=places, added=added
        )  # fmt: skip

    def _gradients(self, layer: object) -> dict[str, Array]:
        """What is held at the places of gradients."""
        places = {source.key: name for name, source in self.bound.sources.items() if source.kind == "place"}
        held = {places[slot.path]: as_array(value) for slot, value in slots(layer) if slot.path in places}
        return {name: value for name, value in held.items() if value is not None}

    def _protected(self, draw: int, action: Callable[[], Result]) -> Result:
        # Seeds far apart: backward of draw 0 is run at the seed plus one.
        with self.bound.evaluator.environment(), protected(self.bound.evaluator.seed + 1000 * draw, type(self.layer)):
            return action()

    def _rewind(self, draw: int) -> None:
        """Put the layer's own generators where a fresh copy has them, or elsewhere for another draw."""
        for generator, state in self.generators:
            restore(generator, state)
            if draw:
                generator.random(draw)
