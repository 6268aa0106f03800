"""Copies of a large layer that spare what need not be copied.

A parameter that is about to be exchanged is not copied first, a large one is lent read-only instead of copied at all,
and a buffer of zeros is made anew, so that its memory is not touched before it is written.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from gradcheck.cases.states.state import exchange, slots
from gradcheck.types import Array

if TYPE_CHECKING:
    from gradcheck.cases.running.evaluation import Evaluator
    from gradcheck.cases.states.anatomy import Anatomy

Result = TypeVar("Result")
Paths = tuple[str, ...]

#: Entries of all parameters from which on backward runs on what forward left instead of on a copy of it.
LARGE_LAYER = 1_000_000


@dataclass(slots=True)
class Lending:
    """Which large arrays of a layer are lent to it read-only instead of copied for it.

    A layer that writes into one of them raises; it is then run again with fewer of them lent, in the end with none,
    and so from then on.

    Attributes:
        tiers: Sets of paths, the largest first.
    """

    tiers: tuple[Collection[Paths], ...] = ()

    def run(self, action: Callable[[Collection[Paths]], Result]) -> Result:
        """Run an action that is told which arrays are lent.

        Raises:
            Exception: What the action raises where nothing is lent.
        """
        for skipped, tier in enumerate(self.tiers):
            try:
                answer = action(tier)
            except Exception:  # noqa: BLE001, S112 - writing into a lent array raises whatever the user's code makes of it
                continue
            self.tiers = self.tiers[skipped:]
            return answer
        answer = action(())
        self.tiers = ()
        return answer


def with_arrays(
    evaluator: Evaluator, arrays: Mapping[Paths, Array], lent: Collection[Paths] = (), *, in_place: bool = True
) -> Any:
    """A copy of the evaluator's layer in which some arrays are exchanged.

    Args:
        evaluator: Copies the layer.
        arrays: Paths of an array to what stands there instead.
        lent: Paths of arrays that are handed over themselves, read-only, where they are large.
        in_place: Whether views of an array follow it.

    Raises:
        BuildError: There is no such place on the layer.
    """
    anatomy = evaluator.anatomy
    memo = anatomy.memo()
    spared = _spare(anatomy, arrays, lent, memo)
    rest: dict[Paths, Array] = {}
    tried: dict[Paths, Array] = {}
    for paths, value in arrays.items():
        original = anatomy.held.get(paths[0])
        if paths in spared:
            continue
        if type(original) is not np.ndarray or not anatomy.reached.get(paths, True):
            rest[paths] = value
            continue
        if not in_place or original.dtype != value.dtype or original.shape != value.shape:
            memo[id(original)] = np.array(value)
        else:
            if id(original) not in anatomy.shared:
                # Of the layout of the layer's own: a sum in another order rounds otherwise.
                memo[id(original)] = np.empty_like(original)
            memo[id(original)][...] = value
        if paths not in anatomy.reached:
            tried[paths] = memo[id(original)]
    layer = copy.deepcopy(evaluator.layer, memo)
    if tried:
        there = {slot.path: value for slot, value in slots(layer)}
        anatomy.reached.update({paths: all(there.get(p) is array for p in paths) for paths, array in tried.items()})
        rest.update({paths: arrays[paths] for paths in tried if not anatomy.reached[paths]})
    if rest:
        exchange(layer, rest, in_place=in_place)
    return layer


def is_same(given: Any, original: Array) -> bool:
    """Whether an array has the original's values; what lies in the same memory has."""
    if not isinstance(given, np.ndarray):
        return False
    same_memory = given.base is original and given.__array_interface__ == read_only(original).__array_interface__
    return same_memory or np.array_equal(given, original, equal_nan=True)


def read_only(array: Array) -> Array:
    """The same array, for reading."""
    view = array.view()
    view.flags.writeable = False
    return view


def _spare(
    anatomy: Anatomy, arrays: Mapping[Paths, Array], lent: Collection[Paths], memo: dict[int, Any]
) -> set[Paths]:
    """Let large arrays be lent or made anew instead of copied; gives the paths of those that are lent."""
    by_path = {path: (paths, value) for paths, value in arrays.items() for path in paths} if anatomy.large else {}
    spared: set[Paths] = set()
    for path, held in anatomy.large.items():
        if id(held) in memo:
            continue
        paths, value = by_path.get(path, ((path,), held))
        if paths in lent and value.flags.c_contiguous:
            memo[id(held)] = read_only(value)
            spared.add(paths)
        elif not np.any(held.view(np.uint8)):
            memo[id(held)] = np.zeros(held.shape, held.dtype)
    return spared
