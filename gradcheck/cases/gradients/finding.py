"""Which arrays of a layer are its parameters, and where backward leaves their gradients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcheck.cases.gradients import accumulation
from gradcheck.cases.gradients.bound import Bound
from gradcheck.cases.gradients.parameters import Held, held
from gradcheck.cases.gradients.sources import (
    Aftermath,
    Source,
    input_sources,
    learning_rate_of,
    parameter_source,
    returned_source,
)
from gradcheck.cases.gradients.tying import tied
from gradcheck.cases.gradients.value_match import match_by_value
from gradcheck.types import Array

#: Arrays a layer may hold for each to be tried: a forward each, and a network's forward is no small thing.
MOST_TRIED = 32
#: A plain step doubles to rounding (1e-16 of the weight); a normalised one is off by half.
SAME_STEP = 1.0e-6


def evident(bound: Bound, y_bar: Array) -> set[str]:
    """Arrays of a layer with many that need not be tried one by one.

    Forward leaves them as they are and backward writes what is named their gradient.
    """
    items = held(bound.evaluator.layer)
    if len(items) <= MOST_TRIED:
        return set()
    after = bound.aftermath(bound.point, y_bar)
    return {
        item.name
        for item in items
        if (source := parameter_source(item.name, item.paths, after)) is not None
        and source.kind == "place"
        and after.was_written(source.key)
        and np.array_equal(np.asarray(after.before.get(item.name)), item.value, equal_nan=True)
    }


def gradient_sources(
    bound: Bound, inputs: Mapping[str, Array], y_bar: Array, aftermath: Aftermath
) -> tuple[dict[str, Source], list[str]]:
    """Where each gradient is read, and a sentence on each that was not found.

    Args:
        bound: The layer with its parameters.
        inputs: The primals that are inputs.
        y_bar: An upstream gradient.
        aftermath: What a backward from it returned and left.
    """
    shapes = {name: item.value for name, item in bound.parameters.items()}
    sources = input_sources(aftermath, inputs, shapes)
    missing: list[str] = []
    unnamed: list[str] = []
    for name, item in bound.parameters.items():
        source = parameter_source(name, item.paths, aftermath)
        known = list(sources.values())
        source = source or returned_source(name, item.value.shape, aftermath, known, has_inputs=bool(inputs))
        if source is None and aftermath.was_written(name):
            rate = learning_rate_of(bound.evaluator.layer, bound.calling.learning_rate)
            source = Source(kind="update", rate=rate)
        if source is None or (source.kind == "place" and not aftermath.was_written(source.key)):
            unnamed.append(name)
        if source is not None:
            sources[name] = source
    for name in unnamed:
        place = match_by_value(name, aftermath, bound, y_bar, [s.key for s in sources.values() if s.kind == "place"])
        if place is not None:
            sources[name] = Source(kind="place", key=place)
        elif name not in sources:
            missing.append(name)
    doubled = _doubled(bound.parameters, sources)
    sources = {name: source for name, source in sources.items() if name not in doubled}
    notes = [
        *(f"backward gives no gradient of `{name}`" for name in inputs if name not in sources),
        *(
            f"no gradient found for `{name}` {bound.point[name].shape}, which changes the output"
            for name in missing
            if name not in doubled
        ),
    ]
    return accumulation.resolved(tied(sources, bound, aftermath, y_bar), aftermath, bound, y_bar), notes


def _doubled(parameters: Mapping[str, Held], sources: Mapping[str, Source]) -> set[str]:
    """Arrays that others share their memory with and stand for: a view for its owner, or all its parts."""
    doubled: set[str] = set()
    for name, item in parameters.items():
        views = [view for view in parameters.values() if view.owner == name]
        found = [view for view in views if view.name in sources]
        parts = sum(view.value.size for view in found if view.value.size < item.value.size)
        if found and (name not in sources or parts >= item.value.size):
            doubled.add(name)
        else:
            doubled.update(view.name for view in views)
    return doubled


def stateful_updates(bound: Bound, sources: Mapping[str, Source], y_bar: Array) -> list[str]:
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
