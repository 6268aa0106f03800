"""GRC301: a module whose `__init__` never calls that of its base."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import Layer, layer_named, layers
from gradcheck.scan.facts.outline import DERIVED, end_below
from gradcheck.scan.facts.registration import is_home_module, is_torch_module, may_hold_module
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find an `__init__` that sets attributes and hands nothing to its base."""
    for layer in layers(module):
        if not layer.bases or "super(" in layer.source:
            continue
        made = layer.methods.get("__init__")
        if made is None or "__init__" in made.source.partition("__init__")[2]:
            continue
        if "__dict__" in made.source or not layer.initial or len(layer.bases) != 1 or not _needs_it(layer, module):
            continue
        yield Hit(
            node=made.node.field("name") or made.node,
            message=(
                f"`{layer.name}.__init__` never calls `super().__init__()`: nothing that it assigns can be registered"
            ),
            fix=_fix(made, module) if layer.bases[0].text() in {"nn.Module", "torch.nn.Module", "Module"} else None,
        )


def _may_lack_it(module: Module) -> bool:
    """Whether a class with a base and an `__init__` may never mention `super`, as far as the text tells."""
    text = module.text
    if "__init__" not in module.defined or not may_hold_module(module):
        return False
    if module.is_parsed or "\t" in text or "\f" in text:
        return True
    lacking = {header.start() for header in DERIVED.finditer(text) if _lacks_it(header, text)}
    if lacking and module.extents is None:
        return True
    extents = module.extents if lacking else None
    made = [one.start for one in extents or () if one.name == "__init__" and not one.is_class]
    classes = [one for one in extents or () if one.start in lacking]
    found = any(one.start < start < one.end for one in classes for start in made)
    module.is_passed_over |= not found
    return found


def _lacks_it(header: re.Match[str], text: str) -> bool:
    """Whether the lines below the header of a class, while they are further indented, never call `super`."""
    position = header.end()
    end = end_below(text, header.start(), position)
    while (position := text.find("super(", position, end)) >= 0:
        if "#" not in text[text.rfind("\n", 0, position) : position]:
            return False
        position += 1
    return True


def _needs_it(layer: Layer, module: Module) -> bool:
    base = layer.bases[0].text()
    if is_torch_module(layer, module):
        return True
    if not is_home_module(layer, module):
        return False
    local = layer_named(module, base)
    if local is not None:
        return bool(local.initial)
    found = module.project.classes(base)
    return bool(found) and all("__init__" in one.methods and one.own for one in found)


def _fix(made: Function, module: Module) -> Fix | None:
    body = made.node.field("body")
    first = next((child for child in body.named_children() if child.kind() != "comment"), None) if body else None
    if first is None or first.find(kind="string") == first.child(0):
        return None  # below a docstring the place is another; a person puts it there
    start = first.range().start
    if start.line == made.node.range().start.line:
        return None
    before = module.text[start.index - start.column : start.index]
    edit = Edit(start=start.index, end=start.index, replacement=f"super().__init__()\n{before}")
    return Fix(message="Call `super().__init__()` first", edits=(edit,), safe=True)


RULE = Rule(
    code="GRC301",
    name="missing_super_init",
    summary="A module whose `__init__` does not call its base's",
    why=(
        "Registration lives in the base's `__init__`: without it PyTorch fails at the first layer assigned, "
        "and a home-made framework trains nothing."
    ),
    remedy="Begin with `super().__init__()`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    worth=_may_lack_it,
    needles=(b"Module", b"nn."),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(2, 2)
""",
            fixed="""\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 2)
""",
        ),
        Example(
            text="""\
class Module:
    def __init__(self):
        self.parts = {}


class Net(Module):
    def __init__(self):
        self.fc = Linear(2, 2)
""",
            fixed="""\
class Module:
    def __init__(self):
        self.parts = {}


class Net(Module):
    def __init__(self):
        super().__init__()
        self.fc = Linear(2, 2)
""",
        ),
        Example(
            text="""\
from torch import nn


class Base(nn.Module):
    pass


class Head(Base):
    def __init__(self, n):
        self.n = n
        self.out = nn.Linear(n, 1)
"""
        ),
    ),
    good=(
        """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = nn.Linear(2, 2)
""",
        """\
class Module:
    def parameters(self):
        return vars(self).values()


class Net(Module):
    def __init__(self):
        self.fc = Linear(2, 2)
""",
        """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        nn.Module.__init__(self)
        self.fc = nn.Linear(2, 2)
""",
    ),
)
