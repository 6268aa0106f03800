"""GRC303: layers kept in a plain list or dict of a module."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.facts.registration import (
    is_home_module,
    is_torch_module,
    makes_part,
    may_hold_module,
    may_make_part,
)
from gradcheck.scan.facts.syntax import arguments
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WALKS = re.compile(r"isinstance\([^)]*(?:list|tuple|dict|Iterable|Sequence)|__dict__|vars\(|hasattr\([^)]*__iter__")
# Without one of these a method gives no attribute a container, filled or empty.
_FILLS = re.compile(r"=[\s\\]*(?:[\[({]|(?:list|dict)\b)")
_CONTAINERS = frozenset({"list", "list_comprehension", "dictionary", "dictionary_comprehension", "tuple"})


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find attributes that hold layers in a container that registers nothing."""
    for layer in layers(module):
        torch = is_torch_module(layer, module)
        if not torch and not (is_home_module(layer, module) and _base_is_blind(layer, module)):
            continue
        text = layer.source
        if re.search(r"def (?:parameters|named_parameters)\b", text):
            continue
        for method in layer.methods.values():
            if not _FILLS.search(method.source):
                continue
            for attribute, node in _holders(method, module):
                if not _registered(attribute, text):
                    yield Hit(
                        node=node,
                        message=(
                            f"the layers in `self.{attribute}` are not registered: `parameters()` of "
                            f"`{layer.name}` leaves them out"
                        ),
                    )


def _may_hold_parts(module: Module) -> bool:
    return may_hold_module(module) and _FILLS.search(module.text) is not None and may_make_part(module)


def _base_is_blind(layer: Layer, module: Module) -> bool:
    """Whether the home-made base is in this file and looks into no containers."""
    bases = [one for one in layers(module) if one.name in layer.base_names]
    return bool(bases) and all("parameters" in one.methods and not _WALKS.search(one.node.text()) for one in bases)


def _holders(method: Function, module: Module) -> Iterator[tuple[str, SgNode]]:
    """Attributes given layers in a plain container, each once."""
    filled: dict[str, SgNode] = {}
    empty: set[str] = set()
    local: dict[str, SgNode] = {}
    parts = _parts(method, module)
    for one in method.statements:
        value = one.value_node
        if (
            one.target.startswith("self.")
            and one.target[5:].isidentifier()
            and value is not None
            and one.operator == "="
        ):
            if value.kind() in _CONTAINERS and _holds(value, module, parts):
                filled.setdefault(one.target[5:], one.node)
            elif one.value in {"[]", "{}", "list()", "dict()"}:
                empty.add(one.target[5:])
            elif one.value in local:
                filled.setdefault(one.target[5:], one.node)
        elif (
            one.target.isidentifier()
            and value is not None
            and value.kind() in _CONTAINERS
            and _holds(value, module, parts)
        ):
            local[one.target] = one.node
        match = (
            re.match(r"self\.(\w+)\.append\(", one.value) if not one.target else re.match(r"self\.(\w+)\[", one.target)
        )
        if match and match[1] in empty and value is not None and _appends(value, module):
            filled.setdefault(match[1], one.node)
    yield from filled.items()


def _parts(method: Function, module: Module) -> frozenset[str]:
    """Names bound to layers that no attribute of the method registers, by itself or inside of another layer."""
    made = {one.target for one in method.statements if one.target.isidentifier() and makes_part(one.value_node, module)}
    registering = " ".join(
        one.value
        for one in method.statements
        if one.target.startswith("self.") and one.value_node is not None and one.value_node.kind() not in _CONTAINERS
    )
    return frozenset(made.difference(re.findall(r"\w+", registering)))


def _appends(value: SgNode, module: Module) -> bool:
    given, _ = arguments(value)
    return any(makes_part(one, module, torch_only=module.imports("torch")) for one in (value, *given[:1]))


def _holds(container: SgNode, module: Module, made: frozenset[str]) -> bool:
    """Whether a display or a comprehension makes layers, or names some that were made."""
    body = container.field("body")
    parts = [body] if body is not None else container.named_children()
    values = [part.field("value") if part.kind() == "pair" else part for part in parts]
    torch_only = module.imports("torch")
    return any(
        value is not None and (value.text() in made or makes_part(value, module, torch_only=torch_only))
        for value in values
    )


def _registered(attribute: str, text: str) -> bool:
    """Whether the class hands the container on, or registers what is in it by hand."""
    name = re.escape(attribute)
    handed = rf"(?:ModuleList|ModuleDict|Sequential)\(\s*\*{{0,2}}self\.{name}\b|=\s*[\w.]+\([^()\n]*\*self\.{name}\b"
    replaced = rf"self\.{name}\s*=\s*(?:\w+\.)*(?:ModuleList|ModuleDict|Sequential)\("
    return bool(re.search(rf"{handed}|{replaced}|add_module|register_module|setattr\(self|_modules\b", text))


RULE = Rule(
    code="GRC303",
    name="modules_in_list",
    summary="Layers kept in a plain list or dict of a module",
    why=(
        "`parameters()` does not look into lists: the optimizer never sees these layers, `state_dict` and "
        "`to` leave them out, and nothing says so."
    ),
    remedy="Use `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    worth=_may_hold_parts,
    needles=(b"Module",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
from torch import nn


class Net(nn.Module):
    def __init__(self, d, n):
        super().__init__()
        self.layers = [nn.Linear(d, d) for _ in range(n)]
"""
        ),
        Example(
            text="""\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = []
        for n in (2, 3):
            self.heads.append(nn.Linear(4, n))
"""
        ),
        Example(
            text="""\
class Module:
    def parameters(self):
        return [p for part in self.parts for p in part.parameters()]


class Dense(Module):
    pass


class Net(Module):
    def __init__(self):
        super().__init__()
        self.heads = {'a': Dense(), 'b': Dense()}
"""
        ),
    ),
    good=(
        """\
from torch import nn


class Net(nn.Module):
    def __init__(self, d, n):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(d, d) for _ in range(n))
""",
        """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = [nn.Linear(2, 2)]
        self.net = nn.Sequential(*self.parts)
""",
        """\
class Module:
    def parameters(self):
        for part in vars(self).values():
            yield from part if isinstance(part, list) else [part]


class Dense(Module):
    pass


class Net(Module):
    def __init__(self):
        super().__init__()
        self.parts = [Dense(), Dense()]
""",
    ),
)
