"""Words by which a file shows that values leave a graph in it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

# What a function must hold to be read at all: somewhere a value leaves the graph, and somewhere it matters.
# Plain words, one search each: a search for a literal passes over text at the speed of memory.
_SOURCES = (".numpy(", ".detach(", ".item(", ".tolist(", "argmax(", "round(", ".long(", "asnumpy(", "ensor(", "float(",
            "realize_cached_data(")  # fmt: skip
_TAKES_OUT = (".numpy(", "asnumpy(", "realize_cached_data(")
_ELSEWHERE = frozenset({*sys.stdlib_module_names, "jax", "matplotlib", "numpy", "pandas", "pytest", "scipy", "torch"})


def words_of(module: Module) -> tuple[str, ...]:
    """Words of which a file in which a value leaves the graph has one, calls of helpers aside."""
    return (*_SOURCES, *(f".{name}" for name in raw_attributes(module)))


def summarised_words(module: Module) -> tuple[str, ...]:
    """Words of which a helper has one that takes an array out, or puts a tensor of a home-made tape around one."""
    taking = (*_TAKES_OUT, *(f".{name}" for name in raw_attributes(module)))
    return taking if uses_torch(module) else (*taking, "ensor(", "ariable(")


def imported_helpers(module: Module) -> set[str]:
    """Local names of the project's helpers that take an array out."""
    found = set()
    for local, targets in module.names.imported.items():
        if not local[:1].islower():
            continue
        known = (module.project.summary(target, module.path) for target in targets if _is_own(target))
        if any(summary is not None and summary.raw for summary in known):
            found.add(local)
    return found


def uses_torch(module: Module) -> bool:
    """Whether a file works with torch's tensors."""
    found = module.memory.get("uses torch")
    if not isinstance(found, bool):
        found = module.memory["uses torch"] = module.imports("torch")
    return found


def raw_attributes(module: Module) -> tuple[str, ...]:
    """Attributes that may be a tensor's plain array in a file; what a home-made tape has is none of torch's."""
    return ("data",) if uses_torch(module) else ("data", *module.project.raw_attributes())


def _is_own(dotted: str) -> bool:
    """Whether a dotted name may lead to a helper of the project."""
    return "." in dotted and dotted.partition(".")[0] not in _ELSEWHERE
