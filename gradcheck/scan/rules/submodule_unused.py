"""GRC308: a layer that is built and never used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import layers
from gradcheck.scan.facts.registration import WITH_PARAMETERS, may_hold_module, may_make_torch_part
from gradcheck.scan.facts.syntax import called
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WALKS = re.compile(r"getattr\(|children\(|_modules\b|modules\(|__dict__|vars\(|\*\*locals|script|trace|eval\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find layers with parameters that nothing in the file reads."""
    if not module.imports("torch"):
        return
    text = module.text
    inherited = {name for layer in layers(module) for name in layer.base_names}
    for layer in layers(module):
        forward = layer.methods.get("forward")
        direct = len(layer.bases) == 1 and module.dotted(layer.bases[0]) in {"torch.nn.Module", "nn.Module"}
        if not direct or layer.name in inherited or forward is None or _WALKS.search(layer.source) or forward.is_stub:
            continue
        for name, statement in layer.initial.items():
            dotted = module.dotted(called(statement.value_node))
            holds = dotted.startswith("torch.nn.") and dotted.rpartition(".")[2] in WITH_PARAMETERS
            if holds and not statement.conditions and _mentions(name, text) == 1:
                yield Hit(
                    node=statement.node,
                    message=f"`self.{name}` of `{layer.name}` is built and never used: its parameters get no gradient",
                )


def _may_build(module: Module) -> bool:
    return "forward" in module.defined and may_hold_module(module) and may_make_torch_part(module)


def _mentions(name: str, text: str) -> int:
    """How often an attribute is read or named in a string; the search begins with the name, and so leaps to it."""
    places = (match.start() for match in re.finditer(rf"{name}\b", text))
    return sum(text[place - 1 : place] in {".", "'", '"'} for place in places)


RULE = Rule(
    code="GRC308",
    name="submodule_unused",
    summary="A layer that is built and never used",
    why=(
        "Its parameters are counted, stored and stepped, and no gradient ever reaches them: a part of the "
        "model is missing from the forward pass."
    ),
    remedy="Use it in `forward`, or take it out.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    worth=_may_build,
    needles=(b"nn.Module", b"(Module)"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.attention = nn.Linear(d, 1)

    def forward(self, h):
        return self.fc(h)
"""
        ),
        Example(
            text="""\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.norm = nn.LayerNorm(d)

    def forward(self, h):
        return self.fc(h)
"""
        ),
        Example(
            text="""\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.embed = nn.Embedding(d, 2)

    def forward(self, h):
        return self.fc(h)
"""
        ),
    ),
    good=(
        """\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, h):
        return self.fc(h)
""",
        """\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)
        self.act = nn.ReLU()

    def forward(self, h):
        return self.fc(h)
""",
        """\
from torch import nn


class Net(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.fc = nn.Linear(d, d)

    def forward(self, h):
        for part in self.children():
            h = part(h)
        return h
""",
    ),
)
