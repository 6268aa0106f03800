"""Which of a layer's parameters is which of its counterpart's: by shape, in the order their names suggest."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gradcheck.matching.naming import plain
from gradcheck.types import Signature

#: Assignments tried; names decide which come first.
MOST: Final = 24
WEIGHT: Final = re.compile(r"w|kernel|theta|gamma|scale|filter|alpha|g$")
BIAS: Final = re.compile(r"^b|bias|beta|shift|offset|intercept|\bb\d?$|b$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A parameter of the counterpart.

    Attributes:
        name: Its name there.
        fits: Shape of one of the layer's parameters -> whether it can be this one.
        pattern: What people call it.
        optional: Whether the layer may do without.
    """

    name: str
    fits: Callable[[tuple[int, ...]], bool]
    pattern: re.Pattern[str]
    optional: bool = False


def assignments(signature: Signature, slots: Sequence[Slot]) -> Iterator[dict[str, str]]:
    """Slot name to parameter name, every parameter used once, the best by name first; at most 24.

    A slot the layer does without is not in the mapping.
    """
    parameters = signature.parameters
    if len(parameters) > len(slots):
        return
    found: list[tuple[int, int, dict[str, str]]] = []
    for chosen in itertools.permutations(slots, len(parameters)):
        if any(not slot.optional and slot not in chosen for slot in slots):
            continue
        pairs = list(zip(chosen, parameters, strict=True))
        if all(slot.fits(signature.shape(name)) for slot, name in pairs):
            score = sum(slot.pattern.search(plain(name)) is not None for slot, name in pairs)
            found.append((-score, len(found), {slot.name: name for slot, name in pairs}))
    for _, _, assignment in sorted(found, key=lambda item: item[:2])[:MOST]:
        yield assignment


def gain() -> Slot:
    """A scale of any shape, which the layer may do without."""
    return Slot(name="weight", fits=_any, pattern=WEIGHT, optional=True)


def weight(fits: Callable[[tuple[int, ...]], bool], name: str = "weight", *, optional: bool = False) -> Slot:
    """A weight or scale."""
    return Slot(name=name, fits=fits, pattern=WEIGHT, optional=optional)


def bias(size: int | None, name: str = "bias") -> Slot:
    """A bias or shift of `size` entries, of any number of entries for None, which the layer may do without."""
    return Slot(name=name, fits=lambda shape: size in (None, math.prod(shape)), pattern=BIAS, optional=True)


def _any(_shape: tuple[int, ...]) -> bool:
    return True
