"""Whether a place that held a gradient before is overwritten by backward or added to."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.cases.gradients.sources import Aftermath, Source, as_array
from gradcheck.types import Array

if TYPE_CHECKING:
    from gradcheck.cases.gradients.bound import Bound

#: Two runs of one backward agree to this share of the larger: the sum of what was there and what came rounds.
SAME = 1.0e-6


def resolved(sources: Mapping[str, Source], aftermath: Aftermath, bound: Bound, y_bar: Array) -> dict[str, Source]:
    """The sources, those marked that are added to: cleared before, they hold less by what they held.

    Args:
        sources: Where each gradient is read, by primal name.
        aftermath: One backward at the point.
        bound: The layer.
        y_bar: That backward's upstream gradient.
    """
    filled = {name: source.key for name, source in sources.items() if _held(source, aftermath)}
    if not filled:
        return dict(sources)
    cleared = bound.aftermath(bound.point, y_bar, cleared=tuple(filled.values()))
    return {
        name: dataclasses.replace(source, accumulates=True)
        if name in filled and _grew(source.key, aftermath, cleared)
        else source
        for name, source in sources.items()
    }


def _held(source: Source, aftermath: Aftermath) -> bool:
    """Whether the place held anything but zeros before."""
    if source.kind != "place":
        return False
    before, after = as_array(aftermath.before.get(source.key)), as_array(aftermath.after.get(source.key))
    if before is None or after is None or before.shape != after.shape:
        return False
    return bool(np.any(before)) and bool(np.all(np.isfinite(before)))


def _grew(place: str, aftermath: Aftermath, cleared: Aftermath) -> bool:
    before, after = as_array(aftermath.before[place]), as_array(aftermath.after[place])
    alone = as_array(cleared.after.get(place))
    if before is None or after is None or alone is None or alone.shape != after.shape:
        return False
    room = SAME * float(np.max(np.abs([before, after]), initial=0.0))
    return not np.allclose(alone, after, rtol=0.0, atol=room) and np.allclose(
        alone, after - before, rtol=0.0, atol=room
    )
