"""Which of a layer's arrays are parameters: those that change forward's answer, tried one by one.

Gradient buffers, caches and momenta have no effect on forward; jittering them blindly made thirty false alarms
in a survey of public repositories.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.copies import with_arrays
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.states.state import floating, is_floating, owner_of
from gradcheck.errors import BuildError
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array

#: How far a parameter is moved to see whether it matters, and how far one that is constant is re-drawn.
SPREAD = 0.3
#: Buffers that forward takes the root or the logarithm of stay positive.
POSITIVE_NAMES = ("var", "std", "sigma", "running", "scale", "eps")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An array of the layer that matters for its output.

    Attributes:
        name: Its shortest path.
        paths: Every path at which the same array is held.
        value: A copy of it.
        owner: Name of the held array that it is a view of, "" where it has memory of its own.
    """

    name: str
    paths: tuple[str, ...]
    value: Array
    owner: str = ""


def held(layer: object) -> list[Held]:
    """The floating-point arrays of a layer, one entry per array however many places hold it."""
    return held_at({slot.path: array for slot, array in floating(layer)})


def held_at(places: Mapping[str, Any]) -> list[Held]:
    """The same of a layer that has been walked, by what is held at each of its places."""
    by_identity: dict[int, list[str]] = {}
    arrays: dict[int, Array] = {}
    for path, array in places.items():
        if is_floating(array):
            by_identity.setdefault(id(array), []).append(path)
            arrays[id(array)] = array
    names = {key: min(paths, key=_plainness) for key, paths in by_identity.items()}
    owners = _owners(arrays, names)
    found = [
        Held(name=names[key], paths=tuple(paths), value=arrays[key].copy(), owner=owners.get(key, ""))
        for key, paths in by_identity.items()
    ]
    # Owners first: where an array and its view could both claim a gradient, it is the array's.
    return sorted(found, key=lambda item: (item.owner != "", item.name))


def _owners(arrays: Mapping[int, Array], names: Mapping[int, str]) -> dict[int, str]:
    """Of arrays that share memory with a larger one, or with the one they are a view of, its name; by identity."""
    by_memory: dict[int, list[int]] = {}
    for key, array in arrays.items():
        by_memory.setdefault(id(owner_of(array)), []).append(key)
    owners: dict[int, str] = {}
    for keys in by_memory.values():
        first: list[int] = []
        for key in sorted(keys, key=lambda key: (-arrays[key].size, arrays[key].base is not None, names[key])):
            over = next((one for one in first if np.shares_memory(arrays[one], arrays[key])), None)
            if over is None:
                first.append(key)
            else:
                owners[key] = names[over]
    return owners


def effective(
    evaluator: Evaluator,
    calling: Calling,
    primals: Mapping[str, Array],
    y: Array,
    *,
    known: Collection[str] = (),
) -> list[Held]:
    """The arrays whose change changes forward's answer.

    Those that do not are mostly found together, by a group that changes nothing. A view is tried in memory of its
    own: one that forward makes anew (a kernel as columns) then changes nothing.

    Args:
        evaluator: Runs forward on copies.
        calling: How to call it.
        primals: The inputs.
        y: Forward's answer at the arrays as they are.
        known: Names of arrays of which it is known already.
    """
    found = held(evaluator.layer)
    asked = [item for item in found if item.name not in known]
    views = [item for item in asked if item.owner]
    whole = [item for item in asked if not item.owner]
    moving = {
        item.name
        for items, in_place in ((whole, True), (views, False))
        for item in _moving(items, evaluator, calling, primals, y, in_place=in_place)
    }
    return [item for item in found if item.name in known or item.name in moving]


def redrawn(item: Held, seed: int) -> Array:
    """A new value for a parameter, away from the one it is initialised with.

    c + 0.3 Gaussian where it is constant: a LayerNorm whose gamma is 1 and beta 0 hides most of what can be wrong.
    Otherwise 0.3 of its own magnitude is added: a copy of the weights made at construction goes stale, as it does
    after the first step of training.
    """
    value = np.asarray(item.value, dtype=np.float64)
    rng = sampling.generator(seed, f"redraw {item.name}")
    is_constant = np.unique(value).size <= max(1, value.size // 3)
    spread = SPREAD if is_constant else SPREAD * steps.magnitude(value)
    drawn = value + spread * sampling.gaussian(rng, value.shape)
    if np.all(value > 0.0) and any(word in item.name.lower() for word in POSITIVE_NAMES):
        drawn = np.abs(drawn) + SPREAD
    return np.round(drawn, sampling.DECIMALS) if is_constant else drawn


def answer(
    evaluator: Evaluator,
    calling: Calling,
    primals: Mapping[str, Array],
    arrays: Mapping[tuple[str, ...], Array],
    lent: Collection[tuple[str, ...]] = (),
    *,
    in_place: bool = True,
) -> Array:
    """Forward's answer with some of the layer's arrays exchanged, as float64.

    Args:
        evaluator: Runs forward on copies.
        calling: How to call it.
        primals: The inputs.
        arrays: Paths of an array to its value.
        lent: Those of the paths whose arrays need not be copied (`copies.with_arrays`).
        in_place: Whether views of an array follow it.

    Raises:
        BuildError: Forward's answer is not a floating-point array.
        Exception: Whatever forward raises.
    """

    def action() -> Array:
        layer: Any = with_arrays(evaluator, arrays, lent, in_place=in_place)
        raw, _ = calling.run_forward(layer, primals)
        return np.array(calling.output_of(raw, layer), dtype=np.float64)

    return evaluator.run(action)


def _moving(
    items: Sequence[Held],
    evaluator: Evaluator,
    calling: Calling,
    primals: Mapping[str, Array],
    y: Array,
    *,
    in_place: bool,
) -> list[Held]:
    """Those among the items that matter, by halving groups that do."""
    if not items or not _matters(items, evaluator, calling, primals, y, in_place=in_place):
        return []
    if len(items) == 1:
        return list(items)
    half = len(items) // 2
    return [
        *_moving(items[:half], evaluator, calling, primals, y, in_place=in_place),
        *_moving(items[half:], evaluator, calling, primals, y, in_place=in_place),
    ]


def _matters(
    items: Sequence[Held],
    evaluator: Evaluator,
    calling: Calling,
    primals: Mapping[str, Array],
    y: Array,
    *,
    in_place: bool,
) -> bool:
    """Whether moving all of the items together changes forward's answer."""
    moved = {item.paths: item.value + _jolt(item, evaluator.seed) for item in items}
    try:
        changed = answer(evaluator, calling, primals, moved, in_place=in_place)
    except BuildError:
        return True
    except Exception:  # noqa: BLE001 - the user's forward may raise anything; that it does shows the array matters
        return True
    return changed.shape != y.shape or not np.array_equal(changed, y, equal_nan=True)


def _jolt(item: Held, seed: int) -> Array:
    rng = sampling.generator(seed, f"effect {item.name}")
    return (SPREAD * sampling.gaussian(rng, item.value.shape)).astype(item.value.dtype)


def _plainness(path: str) -> tuple[int, int, int, str]:
    return (path.count("[") + path.count("."), path.count("["), len(path), path)
