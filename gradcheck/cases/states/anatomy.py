"""What a layer is made of, found by one walk: a layer that is copied thousands of times is walked once."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.states.state import modules_within, owner_of, slots
from gradcheck.types import Array

#: Entries from which on an array is lent: 1 MiB of float64, below which a copy costs less than one small forward.
LARGE = 1 << 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """The parts of a layer that a copy of it treats in ways of their own.

    Attributes:
        held: What is held at each place that is no container, by path.
        modules: Modules stored on the layer, which `copy.deepcopy` cannot copy.
        sharing: Groups of arrays that share memory.
        large: Those of the arrays that are worth sparing a copy, by path.
        shared: The arrays in those groups, by identity.
        reached: Whether what stands for an array in `copy.deepcopy` arrives at its paths, as far as it was tried: a
            class may have a way of its own to be copied.
    """

    held: Mapping[str, Any]
    modules: Sequence[types.ModuleType]
    sharing: Sequence[Sequence[Array]]
    shared: frozenset[int]
    large: Mapping[str, Array]
    reached: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def memo(self) -> dict[int, Any]:
        """What stands for a part of the layer in a copy, by identity: its modules, and its views as views again."""
        return {id(module): module for module in self.modules} | dict(self._views())

    def _views(self) -> Iterator[tuple[int, Array]]:
        """Copies of the arrays that share memory, sharing it again, by the identity of the original.

        `copy.deepcopy` copies a view as an array of its own, and a transposed weight kept beside the weight would no
        longer follow it.
        """
        for arrays in self.sharing:
            owner = owner_of(arrays[0])
            fresh = owner.copy(order="K")
            start = owner.__array_interface__["data"][0]
            for array in arrays:
                offset = array.__array_interface__["data"][0] - start
                # Not as_strided: its views do not know whose memory they are part of; the next copy would part them.
                flat = fresh.ravel(order="K")
                yield id(array), np.ndarray(array.shape, array.dtype, flat, offset, array.strides)


def anatomy_of(layer: object) -> Anatomy:
    """Walk a layer, or the state of one.

    Args:
        layer: What is to be copied; what is found holds for as long as nothing in it is exchanged.
    """
    held = {slot.path: value for slot, value in slots(layer)}
    by_owner: dict[int, dict[int, Array]] = {}
    for value in held.values():
        if isinstance(value, np.ndarray) and value.dtype != object:
            by_owner.setdefault(id(owner_of(value)), {})[id(value)] = value
    groups = [list(arrays.values()) for arrays in by_owner.values() if len(arrays) > 1]
    sharing = [arrays for arrays in groups if _is_contiguous(owner_of(arrays[0]))]
    large = {path: value for path, value in held.items() if _is_large(value)}
    shared = frozenset(id(array) for arrays in sharing for array in arrays)
    return Anatomy(held=held, modules=modules_within(layer), sharing=sharing, shared=shared, large=large)


def _is_contiguous(array: Array) -> bool:
    return array.flags.c_contiguous or array.flags.f_contiguous


def _is_large(value: Any) -> bool:
    return type(value) is np.ndarray and value.size >= LARGE and value.dtype.kind == "f" and value.flags.c_contiguous
