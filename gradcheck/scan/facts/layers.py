"""Classes with a forward and a backward, and functions that are such a pair."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gradcheck.scan.facts.functions import Function, Statement, aliases_of, definitions
from gradcheck.scan.facts.outline import may_be_loose
from gradcheck.scan.facts.syntax import last_name
from gradcheck.source.methods import BACKWARD_NAMES, FOREIGN_PAIRS, choose

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

#: Bytes of which a file with a hand-written derivative has one.
DERIVES: tuple[bytes, ...] = (
    b"def backward", b"def _backward", b"def *_backward(", b"def *backprop", b"def *back_prop", b"def *bprop",
    b"def *_grad(", b"def *derivative", b"def *prime(", b"def *deriv(", b"def *gradient(", b"def *_back(",
    b"def *_bwd(",
)  # fmt: skip
#: Bytes of which a file with a class that has a backward has one.
HAS_BACKWARD: tuple[bytes, ...] = (
    b"def backward", b"def _backward", b"def backprop", b"def back_prop", b"def bprop", b"def grad_fn",
    b"def *_grad(self",
)  # fmt: skip
_BACKWARDS = (*BACKWARD_NAMES, *(backward for _, backward in FOREIGN_PAIRS))
_STATIC_BACKWARD = re.compile(
    r"\A_*(?P<before>\w*?)_?(?:backward|backprop|bprop|bwd|grad|gradient|derivative|deriv|prime|back)(?:_pass)?(?P<after>_\w+)?\Z",
    re.IGNORECASE,
)


class Layer:
    """A class as a layer: its methods and what it stores.

    Args:
        node: Its definition.
        aliases: Other names of packages, each with the usual one.
    """

    def __init__(self, node: SgNode, aliases: tuple[tuple[str, str], ...] = ()) -> None:
        self.node = node
        self._aliases = aliases
        name = node.field("name")
        self.name = name.text() if name else ""

    @cached_property
    def source(self) -> str:
        """Its source as written."""
        return self.node.text()

    @cached_property
    def bases(self) -> tuple[SgNode, ...]:
        """Its bases as written, keyword arguments left out."""
        listed = self.node.field("superclasses")
        return (
            tuple(part for part in listed.named_children() if part.kind() in {"identifier", "attribute"})
            if listed
            else ()
        )

    @cached_property
    def base_names(self) -> tuple[str, ...]:
        """The last parts of its bases' names."""
        return tuple(last_name(base) for base in self.bases)

    @cached_property
    def methods(self) -> dict[str, Function]:
        """Its own methods; of several with one name the last."""
        body = self.node.field("body")
        found = (Function(node, decorators, self._aliases) for node, decorators in definitions(body)) if body else ()
        return {method.name: method for method in found}

    @cached_property
    def pair(self) -> tuple[Function, Function] | None:
        """Its forward and its backward, neither a stub; None where it lacks one."""
        if not any(f"def {name}" in self.source for name in _BACKWARDS):
            return None
        names = choose(self.methods.__contains__, lambda name: self.methods[name].is_stub)
        if names is None:
            return None
        forward, backward = (self.methods[name] for name in names)
        return None if forward.is_stub or backward.is_stub else (forward, backward)

    @cached_property
    def initial(self) -> dict[str, Statement]:
        """Attributes set in `__init__`, each with the statement that sets it first."""
        made = self.methods.get("__init__")
        found: dict[str, Statement] = {}
        for statement in made.statements if made else ():
            if (
                statement.operator == "="
                and statement.target.startswith("self.")
                and statement.target[5:].isidentifier()
            ):
                found.setdefault(statement.target[5:], statement)
        return found


_LAYERS: WeakKeyDictionary[Module, tuple[Layer, ...]] = WeakKeyDictionary()


def layers(module: Module) -> tuple[Layer, ...]:
    """Every class of a file."""
    found = _LAYERS.get(module)
    if found is None:
        aliases = aliases_of(module)
        found = tuple(Layer(node, aliases) for node in module.nodes("class_definition"))
        _LAYERS[module] = found
    return found


_NAMED: WeakKeyDictionary[Module, dict[str, Layer]] = WeakKeyDictionary()


def layer_named(module: Module, name: str) -> Layer | None:
    """The first class of a file that has a name, or None."""
    found = _NAMED.get(module)
    if found is None:
        found = {layer.name: layer for layer in reversed(layers(module))}
        _NAMED[module] = found
    return found.get(name)


_PAIRS: WeakKeyDictionary[Module, tuple[tuple[str, Function | None, Function], ...]] = WeakKeyDictionary()


def pairs(module: Module) -> tuple[tuple[str, Function | None, Function], ...]:
    """Name, forward and backward of what a file differentiates by hand: its layers, then its function pairs.

    The forward of a function pair is None where it is not in the file.
    """
    found = _PAIRS.get(module)
    if found is None:
        found = tuple(_pairs(module))
        _PAIRS[module] = found
    return found


def paired(module: Module) -> tuple[Layer, ...]:
    """Every class of a file in which one may have a forward and a backward, as the names of its functions tell."""
    return layers(module) if choose(module.defined.__contains__, lambda _: False) is not None else ()


#: Functions beyond which asking the text about each takes longer than parsing it.
_MANY = 50


def _may_hold_pairs(module: Module) -> bool:
    if choose(module.defined.__contains__, lambda _: False) is not None:
        return True
    backwards = [name for name in module.defined if _STATIC_BACKWARD.match(name)]
    return len(backwards) > _MANY or any(may_be_loose(name, module.text) for name in backwards)


def _pairs(module: Module) -> Iterator[tuple[str, Function | None, Function]]:
    if not module.is_parsed and not _may_hold_pairs(module):
        return
    for layer in paired(module):
        if layer.pair is not None:
            yield layer.name, *layer.pair
    aliases = aliases_of(module)
    loose = {node.text(): Function(definition, "", aliases) for definition, node in _loose(module)}
    for name, function in loose.items():
        match = _STATIC_BACKWARD.match(name)
        if match is None or function.is_stub:
            continue
        stem = f"{match['before']}{match['after'] or ''}".strip("_")
        forward = next((loose[one] for one in _forward_names(stem) if one in loose), None)
        yield stem, forward, function


def _loose(module: Module) -> Iterator[tuple[SgNode, SgNode]]:
    for definition, _ in definitions(module.root):
        name = definition.field("name")
        if name is not None:
            yield definition, name


def _forward_names(stem: str) -> tuple[str, ...]:
    return (stem, f"{stem}_forward", f"{stem}_fwd", f"{stem}_forward_pass", f"forward_{stem}", f"_{stem}")
