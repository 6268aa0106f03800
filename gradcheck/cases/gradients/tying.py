"""Weights used in several places: each keeps the gradient of its own use, and the gradient is their sum.

Two layers of a network hold one array, or one of them a view of the other's: its transpose, another shape of it, some
of its rows. Whether what one place holds is the gradient already (a network may add the uses up itself) is found by
experiment.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.cases.gradients.parameters import redrawn
from gradcheck.cases.gradients.sources import Aftermath, Share, Source, as_array, parameter_source, total
from gradcheck.numerics import sampling, steps
from gradcheck.numerics.stencils import evaluate
from gradcheck.types import Array

if TYPE_CHECKING:
    from gradcheck.cases.gradients.bound import Bound

#: Relative agreement along a direction that tells the gradient of all uses from that of one.
AGREEMENT = 1.0e-3


def tied(sources: Mapping[str, Source], bound: Bound, aftermath: Aftermath, y_bar: Array) -> dict[str, Source]:
    """The sources, those of arrays used in several places with every place that holds the gradient of one use.

    Args:
        sources: Where each gradient is read, by primal name.
        bound: The layer.
        aftermath: One backward at the point.
        y_bar: That backward's upstream gradient.
    """
    found = dict(sources)
    for name, source in sources.items():
        shares = _shares(name, source, bound, aftermath)
        if shares and not _is_whole(name, source, bound, y_bar):
            found[name] = dataclasses.replace(source, others=shares)
    return found


def _shares(name: str, source: Source, bound: Bound, aftermath: Aftermath) -> tuple[Share, ...]:
    """Places beside the source's that backward wrote the gradient of another use of the same memory to."""
    own, gradient = aftermath.after.get(name), as_array(aftermath.after.get(source.key))
    if source.kind != "place" or name not in bound.parameters or not isinstance(own, np.ndarray):
        return ()
    if gradient is None or gradient.shape != own.shape:
        return ()
    found: dict[str, Share] = {}
    for path, value in aftermath.after.items():
        if not isinstance(value, np.ndarray) or not np.may_share_memory(own, value):
            continue
        there = parameter_source(path, [path], aftermath)
        if there is None or there.kind != "place" or there.key in {source.key, *found}:
            continue
        other = as_array(aftermath.after[there.key])
        if other is None or other.shape != value.shape or not aftermath.was_written(there.key):
            continue
        share = _share(there.key, path, own, value)
        kept = [gradient, *(one.of(aftermath.after, own.shape) for one in found.values())]
        # What holds the same numbers is the same gradient under another name.
        if share.mine.size and not any(_same(share, one, other) for one in kept):
            found[there.key] = share
    return tuple(found.values())


def retied(name: str, source: Source, held: Mapping[str, Any]) -> Source | None:
    """The source for another layer of the class, whose arrays may have other shapes; None where it has not all of them.

    Args:
        name: The array's path.
        source: Where its gradient was read in the first layer.
        held: What the other layer holds, by path.
    """
    own, others = held.get(name), [held.get(share.path) for share in source.others]
    if not isinstance(own, np.ndarray) or not all(isinstance(value, np.ndarray) for value in others):
        return None
    pairs = zip(source.others, others, strict=True)
    return dataclasses.replace(source, others=tuple(_share(one.key, one.path, own, value) for one, value in pairs))


def _share(key: str, path: str, own: Array, other: Any) -> Share:
    _, mine, its = np.intersect1d(_addresses(own), _addresses(other), return_indices=True)
    return Share(key=key, path=path, mine=mine, its=its)


def _addresses(array: Array) -> Array:
    """Where in memory each entry lies, in the order of the entries."""
    start = np.asarray(array.__array_interface__["data"][0])
    for axis, (length, stride) in enumerate(zip(array.shape, array.strides, strict=True)):
        offsets = np.arange(length) * stride
        start = start + offsets.reshape([-1 if k == axis else 1 for k in range(array.ndim)])
    return np.broadcast_to(start, array.shape).reshape(-1)


def _same(share: Share, one: Array | None, other: Array) -> bool:
    return one is not None and bool(np.array_equal(one.reshape(-1)[share.mine], other.reshape(-1)[share.its]))


def _is_whole(name: str, source: Source, bound: Bound, y_bar: Array) -> bool:
    """Whether what one place holds is the gradient, by differences along one direction away from the initial value."""
    x = redrawn(bound.parameters[name], bound.evaluator.seed)
    # Views of the array among the parameters would be put back over it.
    point = {**{other: value for other, value in bound.point.items() if other not in bound.parameters}, name: x}
    tangent = sampling.direction(sampling.generator(bound.evaluator.seed, f"tied {name}"), x, steps.magnitude(x))
    try:
        gradient = total(bound.aftermath(point, y_bar).after, source)
        y = bound.value(point)
        stencil = evaluate(
            lambda t: bound.value({**point, name: x + t * tangent}), steps.stencil_step(steps.EPSILON), y
        )
        expected = float(np.sum(y_bar * stencil.derivative()))
    except Exception:  # noqa: BLE001 - the user's code may raise anything away from its initial value
        return False
    if gradient is None or gradient.shape != x.shape:
        return False
    return abs(float(np.sum(gradient * tangent)) - expected) <= AGREEMENT * abs(expected)
