"""What a class says of itself, in a few words that travel between processes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.scan.facts.roles import is_backward
from gradcheck.source.methods import BACKWARD_NAMES

if TYPE_CHECKING:
    from ast_grep_py import SgNode

#: Methods of which a tape's tensor has at least one, beside `backward`.
_ARITHMETIC = frozenset({"__add__", "__mul__", "__matmul__", "__sub__"})
_OWN = re.compile(r"\bself\.(\w+)\s*(?::[^=\n]+)?=(?!=)\s*([^\n]*)")
_RAISES = re.compile(r"raise\s+NotImplemented")
#: Attributes of a tensor that say nothing of where it came from.
PLAIN_ATTRIBUTES = frozenset(
    {"data", "device", "dtype", "grad", "id", "label", "name", "ndim", "requires_grad", "requires_gradient", "shape",
     "size", "trainable", "training"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSketch:
    """A class as far as other files ask about it.

    Attributes:
        name: Its own name.
        path: File, posix, relative to the project root.
        bases: Its bases as written, subscripts and calls left out.
        methods: Names of its methods, properties included.
        properties: Names of its properties.
        raises: Methods that only refuse.
        own: Attributes its `__init__` sets, each with the source of the value's first line.
        raw: Attributes of a tape's tensor that hold its plain array; empty for any other class.
    """

    name: str
    path: str
    bases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    raw: tuple[str, ...] = ()

    @property
    def has_backward(self) -> bool:
        """Whether it defines a backward pass that is more than a refusal."""
        return any(name in BACKWARD_NAMES and name not in self.raises for name in self.methods)

    @property
    def is_tensor(self) -> bool:
        """Whether it is the tensor of a home-made tape."""
        return bool(self.raw)


def sketches_in(nodes: Iterable[SgNode], path: str) -> tuple[ClassSketch, ...]:
    """Classes by their definitions."""
    return tuple(sketch(node, path) for node in nodes)


def sketch(node: SgNode, path: str) -> ClassSketch:
    """One class."""
    name, body = node.field("name"), node.field("body")
    methods: list[str] = []
    properties: list[str] = []
    raises: list[str] = []
    own: tuple[tuple[str, str], ...] = ()
    first = ""
    for method, decorators in methods_of(body) if body else ():
        label = method.field("name")
        if label is None:
            continue
        methods.append(label.text())
        if "property" in decorators:
            properties.append(label.text())
        if is_backward(label.text()) and _RAISES.search(method.text()):
            raises.append(label.text())
        if label.text() == "__init__":
            own = tuple(dict(_OWN.findall(method.text())).items())
            first = _first_parameter(method)
    is_tape = any(method in BACKWARD_NAMES for method in methods) and not _ARITHMETIC.isdisjoint(methods)
    return ClassSketch(
        name=name.text() if name else "",
        path=path,
        bases=tuple(_bases(node)),
        methods=tuple(methods),
        properties=tuple(properties),
        raises=tuple(raises),
        own=own,
        raw=_raw(own, first) if is_tape else (),
    )


def may_hold_a_tape(defined: frozenset[str]) -> bool:
    """Whether a file that defines no functions but these may hold the tensor of a home-made tape."""
    return not _ARITHMETIC.isdisjoint(defined) and not defined.isdisjoint(BACKWARD_NAMES)


def methods_of(body: SgNode) -> Iterator[tuple[SgNode, str]]:
    """The functions of a class body, each with the text of its decorators."""
    for child in body.named_children():
        kind = child.kind()
        if kind == "function_definition":
            yield child, ""
        elif kind == "decorated_definition":
            inner = child.field("definition")
            if inner is not None and inner.kind() == "function_definition":
                yield inner, " ".join(part.text() for part in child.named_children() if part.kind() == "decorator")
        elif kind in {"if_statement", "try_statement"}:
            for block in child.named_children():
                if block.kind() == "block":
                    yield from methods_of(block)


def _bases(node: SgNode) -> Iterator[str]:
    listed = node.field("superclasses")
    for base in listed.named_children() if listed else ():
        inner = base.field("value") if base.kind() == "subscript" else base
        if inner is not None and inner.kind() in {"identifier", "attribute"}:
            yield inner.text()


def _first_parameter(method: SgNode) -> str:
    listed = method.field("parameters")
    named = listed.named_children() if listed else []
    if len(named) < 2:
        return ""
    found = named[1] if named[1].kind() == "identifier" else named[1].field("name") or named[1].child(0)
    return found.text() if found else ""


def _raw(own: tuple[tuple[str, str], ...], first: str) -> tuple[str, ...]:
    """The attributes made of the constructor's first argument."""
    made = re.compile(rf"\b{re.escape(first)}\b") if first else None
    named = tuple(
        name for name, value in own if made and made.search(value) and name not in PLAIN_ATTRIBUTES - {"data"}
    )
    return named or (("data",) if any(name == "data" for name, _ in own) else ())
