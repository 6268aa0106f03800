"""GRC304: a tensor used as a weight that is neither parameter nor buffer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import layers
from gradcheck.scan.facts.registration import is_torch_module, may_hold_module
from gradcheck.scan.facts.syntax import arguments, called, last_name, plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_RANDOM = frozenset({"torch.randn", "torch.rand", "torch.normal"})
# A flag that is set, a random tensor, and one that is known by another name.
_WANTS = re.compile(r"requires_grad\s*=\s*True")
_MADE = re.compile(r"(?:randn?|normal)\s*(?:\(|as\s)")
_MOVES = frozenset({"to", "cuda", "cpu", "float", "double", "half", "type"})
_CONSTANT = re.compile(
    r"noise|mask|fixed|random|freq|proj|buffer|example|dummy|seed|const|prior|sample|grid|anchor|input", re.IGNORECASE
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find random tensors and tensors that want a gradient, set as plain attributes and read in forward."""
    if not module.imports("torch"):
        return
    for layer in layers(module):
        if not is_torch_module(layer, module):
            continue
        text = layer.node.text()
        for name, statement in layer.initial.items():
            call = _maker(statement.value_node)
            dotted = module.dotted(called(call))
            if call is None or not dotted.startswith("torch.") or ".nn." in dotted:
                continue
            named = arguments(call)[1]
            wants = plain(named.get("requires_grad")) == "True"
            if not wants and (dotted not in _RANDOM or _CONSTANT.search(name) or "requires_grad" in named):
                continue
            handed = re.search(
                rf"Parameter\(\s*self\.{name}\b|register_(?:buffer|parameter)\(\s*['\"]{name}|self\.{name}\s*=\s*(?:nn\.)?Parameter",
                text,
            )
            if not handed and len(re.findall(rf"self\.{name}\b", text)) > 1:
                yield Hit(
                    node=statement.node,
                    message=f"`self.{name}` is a plain tensor: `parameters()` of `{layer.name}` leaves it out",
                )


def _is_worth_it(module: Module) -> bool:
    held = "__init__" in module.defined and module.imports("torch") and may_hold_module(module)
    return held and _may_hold_one(module.text)


def _may_hold_one(text: str) -> bool:
    """Whether an attribute may be such a tensor: each stands behind it, on a line that may be broken before."""
    if _WANTS.search(text) is not None:
        return True
    for match in _MADE.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        line = text[start : match.start()]
        if not match[0].endswith("(") or ("self." in line and "=" in line) or text.endswith("\\\n", 0, start):
            return True
    return False


def _maker(value: SgNode | None) -> SgNode | None:
    """The call at the head of `torch.randn(...).to(device).float()`."""
    while (function := called(value)) is not None and function.kind() == "attribute":
        inner = function.field("object")
        if last_name(function) not in _MOVES or inner is None or inner.kind() != "call":
            break
        value = inner
    return value


RULE = Rule(
    code="GRC304",
    name="plain_tensor_parameter",
    summary="A weight that is a plain tensor attribute",
    why=(
        "Only `nn.Parameter` is registered: the optimizer never sees a plain tensor, and it is neither saved "
        "nor moved to the device."
    ),
    remedy="Write `nn.Parameter(torch.randn(...))`, or `register_buffer` for a constant.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    worth=_is_worth_it,
    needles=(b"randn(", b"rand(", b"normal(", b"requires_grad"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.keys = torch.randn(n, d, requires_grad=True)

    def forward(self, x):
        return x @ self.keys.T
"""
        ),
        Example(
            text="""\
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.keys = torch.randn(n, d)

    def forward(self, x):
        return x @ self.keys.T
"""
        ),
        Example(
            text="""\
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.keys = torch.zeros(n, d, requires_grad=True)

    def forward(self, x):
        return x @ self.keys.T
"""
        ),
    ),
    good=(
        """\
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.keys = nn.Parameter(torch.randn(n, d))

    def forward(self, x):
        return x @ self.keys.T
""",
        """\
import torch
from torch import nn


class Memory(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.positions = torch.arange(n)

    def forward(self, x):
        return x + self.positions
""",
        """\
import torch


class Sampler:
    def __init__(self, n):
        self.start = torch.randn(n)

    def draw(self):
        return self.start
""",
    ),
)
