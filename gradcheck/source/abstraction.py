"""Whether a class is a base to build layers on, or a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.source.inheritance import Lineage

_HOOKS = frozenset({"forward", "backward"})
_ABC_MARKS = frozenset({"ABC", "ABCMeta", "Protocol"})


def is_abstract(lineage: Lineage, forward: str, backward: str) -> bool:
    """Whether a class cannot serve as it is.

    So it is when forward or backward is a stub, when a method they call on their own object only raises
    NotImplementedError, when an abstract method of an ABC is left, or when it is a Protocol.
    """
    if any(base.rpartition(".")[2] == "Protocol" for base in lineage.classes[0].base_names):
        return True
    return _leaves_abstract(lineage) or _lacks_hook(lineage, forward, backward)


def _leaves_abstract(lineage: Lineage) -> bool:
    marks = {fact.metaclass.rpartition(".")[2] for fact in lineage.classes} | lineage.ancestor_names()
    if not marks & _ABC_MARKS:
        return False  # without ABCMeta the decorator does nothing
    settled: set[str] = set()
    for fact in lineage.classes:
        if fact.abstract - settled:
            return True
        settled |= {*fact.methods, *fact.attributes}
    return False


def _lacks_hook(lineage: Lineage, forward: str, backward: str) -> bool:
    seen: set[str] = set()
    waiting = [forward, backward]
    while waiting:
        name = waiting.pop()
        found = lineage.find(name)
        # A method nobody defines may be an attribute that __init__ sets: only what refuses counts as missing.
        if found is None or name in seen:
            continue
        seen.add(name)
        if found.raises or (found.method.is_stub and name in {forward, backward}):
            return True
        if found.method.is_static and any(not lineage.defines(called) for called in found.calls & _HOOKS):
            return True  # a class has no attributes that an object's __init__ would bring
        waiting.extend(found.calls)
    return False
