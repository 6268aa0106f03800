"""What a value carries: taints, each with the path it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Mark, Step

if TYPE_CHECKING:
    from ast_grep_py import SgNode

#: Paths kept of one value, and stations of one path; more say nothing more to a person.
MAX_TAINTS = 12
MAX_STEPS = 10


@dataclass(frozen=True, slots=True)
class Taint:
    """One thing that happened to a value.

    Attributes:
        kind: What.
        key: Where, as the offset of the node that decides; two taints of one kind and key are the same.
        node: The node to report.
        steps: The path: source, operations, sink.
        index: For ARGUMENT and what is made of one: the parameter's position; otherwise -1.
    """

    kind: Kind
    key: int
    node: SgNode
    steps: tuple[Mark | Step, ...] = ()
    index: int = -1

    def then(self, node: SgNode, note: str) -> Taint:
        """The same, one station further."""
        if len(self.steps) >= MAX_STEPS:
            return self
        return replace(self, steps=(*self.steps, Mark(node=node, note=note)))


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an expression.

    Attributes:
        taints: What it carries, by kind, key and index.
        is_tensor: Whether it was computed as a tensor, by all appearances.
        is_fresh: Whether it was made here of nothing tracked: a literal, `zeros(...)`, an empty list.
        parts: The values of a tuple's or list's items where they are known one by one.
    """

    taints: tuple[Taint, ...] = ()
    is_tensor: bool = False
    is_fresh: bool = False
    parts: tuple[Value, ...] | None = None

    def of(self, *kinds: Kind) -> tuple[Taint, ...]:
        """The taints of some kinds."""
        return tuple(taint for taint in self.taints if taint.kind in kinds)

    def whole(self) -> Value:
        """The value without what is known of its items."""
        if self.parts is None:
            return self
        return Value(taints=self.taints, is_tensor=self.is_tensor, is_fresh=self.is_fresh)

    def only(self, keep: Callable[[Taint], bool]) -> Value:
        """The value with some of its taints."""
        if not self.taints:
            return self
        return replace(self, taints=tuple(taint for taint in self.taints if keep(taint)), parts=None)


NOTHING = Value()
FRESH = Value(is_fresh=True)
# Most values carry nothing: one of each is enough.
_PLAIN = {
    (False, False): NOTHING,
    (False, True): FRESH,
    (True, False): Value(is_tensor=True),
    (True, True): Value(is_tensor=True, is_fresh=True),
}


def union(*values: Value) -> Value:
    """What is made of several values."""
    taints: dict[tuple[Kind, int, int], Taint] = {}
    is_tensor, is_fresh = False, bool(values)
    for value in values:
        is_tensor = is_tensor or value.is_tensor
        is_fresh = is_fresh and value.is_fresh
        for taint in value.taints:
            taints.setdefault((taint.kind, taint.key, taint.index), taint)
    if not taints:
        return _PLAIN[is_tensor, is_fresh]
    return Value(taints=tuple(list(taints.values())[:MAX_TAINTS]), is_tensor=is_tensor, is_fresh=is_fresh)


def joined(one: Value, other: Value) -> Value:
    """Either of two values, as after an `if`."""
    if one is other:
        return one
    parts = None
    if one.parts is not None and other.parts is not None and len(one.parts) == len(other.parts):
        parts = tuple(joined(a, b) for a, b in zip(one.parts, other.parts, strict=True))
    return replace(union(one, other), parts=parts)
