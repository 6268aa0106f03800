"""The noun of the comparison."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from gradcheck.types import Case


class Verdict(enum.Enum):
    """What a tool says of a layer."""

    RIGHT = "right"
    WRONG = "wrong"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One way of checking a layer.

    Attributes:
        name: As in the tables.
        judge: Case -> verdict. An exception counts as WRONG: that is how it would reach a person.
        exhaustive: Whether it evaluates the layer for every entry; such a tool is given fewer seeds.
    """

    name: str
    judge: Callable[[Case], Verdict]
    exhaustive: bool = False
