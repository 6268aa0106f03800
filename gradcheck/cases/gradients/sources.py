"""Where each gradient is read after a backward: returned, kept on the layer, or moved into the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.gradients.names import candidates, input_gradients, means_gradient_of
from gradcheck.types import Array

#: Attributes by which a layer names its own learning rate.
RATE_ATTRIBUTES = ("lr", "learning_rate", "alpha", "eta", "rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A further place with the gradient of another use of an array, or of a part of it.

    Attributes:
        key: Path of the place.
        path: Path of the array that the other use reads.
        mine: Entries of the array, flat, that the other use shares.
        its: The same entries in what the place holds, flat.
    """

    key: str
    path: str
    mine: Array = field(compare=False)
    its: Array = field(compare=False)

    def of(self, held: Mapping[str, Any], shape: tuple[int, ...]) -> Array | None:
        """What the place holds, as a gradient of the whole array; None where it holds no such array."""
        there = as_array(held.get(self.key))
        if there is None or there.size <= int(self.its.max(initial=-1)):
            return None
        found = np.zeros(int(np.prod(shape)), there.dtype)
        found[self.mine] = there.reshape(-1)[self.its]
        return found.reshape(shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The place of one gradient.

    Attributes:
        kind: "returned", "stacked" (a list with one array per row), "place" or "update" (weights before less
            weights after).
        key: Index or key into what backward returned (None for the bare answer), or the path of the place.
        accumulates: Whether the place is added to, so that only its growth counts.
        rate: Learning rate of an update.
        others: Further places, each with the gradient of another use of the same memory; the gradient is their sum.
    """

    kind: str
    key: Any = None
    accumulates: bool = False
    rate: float = 1.0
    others: tuple[Share, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Every place that is read, of a source that is one."""
        return (self.key, *(share.key for share in self.others))


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What one backward returned and left: `before` and `after` are the layer's places by path.

    `replaced` are the paths at which it put another array without writing into the one that was there.
    """

    returned: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    replaced: frozenset[str] = frozenset()

    def read(self, source: Source, parameter: str = "") -> Array | None:
        """The gradient at a source, or None where there is none."""
        if source.kind == "returned":
            return as_array(_pick(self.returned, source.key))
        if source.kind == "stacked":
            return np.stack([array for _, array in parts(self.returned)])
        if source.kind == "update":
            before, after = self.before.get(parameter), self.after.get(parameter)
            if not isinstance(before, np.ndarray) or not isinstance(after, np.ndarray):
                return None
            return (before - after) / source.rate if before.shape == after.shape else None
        value = total(self.after, source)
        if value is not None and source.accumulates:
            earlier = total(self.before, source)
            return value if earlier is None or earlier.shape != value.shape else value - earlier
        return value

    def was_written(self, path: str) -> bool:
        """Whether backward changed what a place holds."""
        before, after = as_array(self.before.get(path)), as_array(self.after.get(path))
        if before is None or after is None:
            return (before is None) != (after is None)
        return before.shape != after.shape or not np.array_equal(before, after, equal_nan=True)


def as_array(value: Any) -> Array | None:
    """A gradient as an array, None for what is not one; a scalar is an array of shape ()."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value
    if isinstance(value, (np.number, float)) and not isinstance(value, bool):
        return np.asarray(value)
    return None


def total(held: Mapping[str, Any], source: Source) -> Array | None:
    """What all places of a gradient hold together, None where the first holds no array."""
    found = as_array(held.get(source.key))
    if found is None or not source.others:
        return found
    others = (share.of(held, found.shape) for share in source.others)
    together: Array = np.sum([found, *(one for one in others if one is not None)], axis=0)
    return together


def parts(returned: Any) -> list[tuple[Any, Array]]:
    """Every array in what backward returned, with its key; nested tuples keep a tuple of indices."""
    found: list[tuple[Any, Array]] = []
    pending: list[tuple[tuple[Any, ...], Any]] = [((), returned)]
    while pending:
        key, value = pending.pop(0)
        if isinstance(value, dict):
            pending.extend(((*key, name), item) for name, item in value.items())
        elif isinstance(value, (tuple, list)):
            pending.extend(((*key, index), item) for index, item in enumerate(value))
        else:
            array = as_array(value)
            if array is not None:
                found.append((key or None, array))
    return found


def input_sources(
    aftermath: Aftermath, inputs: Mapping[str, Array], parameters: Mapping[str, Array]
) -> dict[str, Source]:
    """Find the gradient of every input: by key, by shape and order, on an attribute."""
    available = parts(aftermath.returned)
    found: dict[str, Source] = {}
    for name, x in inputs.items():
        keyed = [key for key, _ in available if _names(key, name)]
        same = [
            key
            for key, array in available
            if array.shape == x.shape and Source(kind="returned", key=key) not in found.values()
        ]
        if keyed or same:
            found[name] = Source(kind="returned", key=(keyed or same)[0])
    first = next(iter(inputs), None)
    if first is not None and first not in found and available:
        key, array = available[0]
        taken = Source(kind="returned", key=key) in found.values()
        is_parameter = any(array.shape == value.shape for value in parameters.values())
        x = inputs[first]
        if len(available) == len(x) > 1 and all(a.shape == x.shape[1:] for _, a in available):
            found[first] = Source(kind="stacked")
        elif not taken and _may_belong(array, x) and (not is_parameter or len(available) == 1):
            found[first] = Source(kind="returned", key=key)
    if not available:
        for name in inputs:
            named = [
                p for p in input_gradients(name, list(aftermath.after)) if as_array(aftermath.after[p]) is not None
            ]
            written = [place for place in named if aftermath.was_written(place)]
            if written or named:
                found[name] = Source(kind="place", key=(written or named)[0])
    return found


def _may_belong(array: Array, x: Array) -> bool:
    """Whether an array of another shape may be meant as the gradient of x.

    One of another size and another first axis is something else: the gradient of a state, a list of rows.
    """
    return array.size == x.size or (array.ndim > 0 and array.shape[:1] == x.shape[:1])


def parameter_source(name: str, paths: Sequence[str], aftermath: Aftermath) -> Source | None:
    """Find a parameter's gradient by name among the layer's places: written ones first, then untouched, then None."""
    named: list[str] = []
    for path in sorted(paths, key=lambda p: p != name):
        named.extend(place for place in candidates(path, aftermath.after) if place not in named and place not in paths)
    arrays = [place for place in named if as_array(aftermath.after[place]) is not None]
    written = [place for place in arrays if aftermath.was_written(place)]
    if written:
        return Source(kind="place", key=written[0])
    if any(aftermath.was_written(path) for path in paths):
        return None
    if arrays:
        return Source(kind="place", key=arrays[0])
    missing = [place for place in named if aftermath.after[place] is None]
    return Source(kind="place", key=missing[0]) if missing else None


def returned_source(
    name: str, shape: tuple[int, ...], aftermath: Aftermath, taken: Sequence[Source], *, has_inputs: bool = True
) -> Source | None:
    """Find a parameter's gradient in what backward returned: by key, else the next unclaimed array of its shape.

    The one array that a backward returns is its input's gradient, where there is an input to differentiate by.
    """
    free = [(key, array) for key, array in parts(aftermath.returned) if Source(kind="returned", key=key) not in taken]
    keyed = [key for key, _ in free if _names(key, name)]
    same = [key for key, array in free if array.shape == shape and (key is not None or not has_inputs)]
    chosen = (*keyed, *same)[:1]
    return Source(kind="returned", key=chosen[0]) if chosen else None


def learning_rate_of(layer: object, handed: float) -> float:
    """The learning rate of an update: the one handed to backward, else the layer's own, else 1."""
    if handed:
        return handed
    own = (getattr(layer, name, None) for name in RATE_ATTRIBUTES)
    return next((float(rate) for rate in own if isinstance(rate, (int, float)) and rate), 1.0)


def _pick(returned: Any, key: Any) -> Any:
    if key is None:
        return returned
    value = returned
    for step in key:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _names(key: Any, name: str) -> bool:
    if key is None or not isinstance(key[-1], str):
        return False
    leaf = name.rpartition(".")[2]
    return key[-1] == leaf or means_gradient_of(key[-1], leaf)
