"""What forward answers beside its output belongs to backward: by name where it has one, else by place, else by kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.pairs.function_pair import Handed

_SHAPE = re.compile(r"(^|_)(shape|size|dims?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The further items of forward's answer that no name gives to an argument of backward.

    Attributes:
        by_place: Name of an argument that nothing else is known of to the item that stands where it stands; empty
            where there are more of the one than of the other.
        others: Places of all of them.
        shapes: Places of those that are shapes of arrays.
    """

    by_place: Mapping[str, int] = field(default_factory=dict)
    others: tuple[int, ...] = ()
    shapes: tuple[int, ...] = ()

    def sure(self, name: str) -> list[Handed]:
        """The item that is an argument's by its place, or by being a shape; none where neither tells."""
        place = self.by_place.get(name)
        if place is None and _SHAPE.search(name) and len(self.shapes) == 1:
            place = self.shapes[0]
        return [] if place is None else [Handed(name=name, source="answer", place=place)]

    def possible(self, name: str) -> list[Handed]:
        """Every item that an argument may be, in their order, where its place does not tell."""
        return [] if self.sure(name) else [Handed(name=name, source="answer", place=place) for place in self.others]


def kept(raw: Any, outputs: Sequence[int], returned: Sequence[str], known: Sequence[str], open_: Sequence[str]) -> Kept:
    """What backward may be handed of forward's answer.

    Args:
        raw: What forward answered.
        outputs: Places of what is differentiated.
        returned: Names that forward's `return` gives its items, "" for an expression.
        known: Backward's arguments whose value their names tell.
        open_: Its other arguments that are no upstream gradients, in order.
    """
    if not isinstance(raw, tuple):
        return Kept()
    names = returned if len(returned) == len(raw) else ("",) * len(raw)
    places = tuple(p for p in range(len(raw)) if p not in outputs and not (names[p] and names[p] in known))
    return Kept(
        by_place=dict(zip(open_, places, strict=True)) if len(open_) == len(places) else {},
        others=places,
        shapes=tuple(place for place in places if _is_shape(raw[place])),
    )


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(one, (int, np.integer)) for one in value)
