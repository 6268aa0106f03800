"""Weights that two layers of a network share: each keeps the gradient of its own use, and the gradient is their sum."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.cases.gradient_sources import Aftermath, Source, as_array, parameter_source
from gradcheck.cases.state import slots

if TYPE_CHECKING:
    from gradcheck.cases.bound import Bound


def tied(sources: Mapping[str, Source], bound: Bound, aftermath: Aftermath) -> dict[str, Source]:
    """The sources, those of shared arrays with every place that holds the gradient of one use."""
    several = [name for name, item in bound.parameters.items() if len(item.paths) > 1 and name in sources]
    found = {name: _others(name, sources[name], bound, aftermath) for name in several}
    return {
        name: dataclasses.replace(source, others=found[name]) if found.get(name) else source
        for name, source in sources.items()
    }


def _others(name: str, source: Source, bound: Bound, aftermath: Aftermath) -> tuple[str, ...]:
    """Places beside the source's, in other layers within the layer, that backward wrote another gradient to."""
    if source.kind != "place":
        return ()
    paths = bound.parameters[name].paths
    owners = {
        slot.path: slot.owner
        for slot, _ in slots(bound.evaluator.layer)
        if slot.path in paths and hasattr(slot.owner, bound.calling.backward)
    }
    places: dict[int, str] = {}
    for path, owner in owners.items():
        there = parameter_source(path, [path], aftermath)
        if there is not None and there.kind == "place" and aftermath.was_written(there.key):
            places.setdefault(id(owner), there.key)
    if source.key not in places.values():
        return ()
    kept = [source.key]
    for place in places.values():
        if not any(_same(aftermath, place, other) for other in kept):
            kept.append(place)
    return tuple(kept[1:])


def _same(aftermath: Aftermath, place: str, other: str) -> bool:
    """Whether two places hold the same gradient, or one that cannot be added to the other."""
    one, two = as_array(aftermath.after[place]), as_array(aftermath.after[other])
    return one is None or two is None or one.shape != two.shape or bool(np.array_equal(one, two))
