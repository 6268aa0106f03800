"""GRC307: a layer with parameters built anew in every forward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.facts.registration import WITH_PARAMETERS, is_torch_module, may_hold_module, may_make_torch_part
from gradcheck.scan.facts.syntax import arguments, called, plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_NORMALISES = re.compile(r"affine=False")
_LAZY = re.compile(r"None|hasattr|not self\.|initiali[sz]ed|built|first|lazy|in self\.", re.IGNORECASE)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `nn.Linear(...)` in a forward, unless it is built once."""
    if not module.imports("torch"):
        return
    for layer in layers(module):
        if "forward" in layer.methods and is_torch_module(layer, module):
            yield from _built(layer, module)


def _may_build(module: Module) -> bool:
    if "forward" not in module.defined or not module.imports("torch") or not may_hold_module(module):
        return False
    return "Parameter" in module.vocabulary or may_make_torch_part(module)


def _built(layer: Layer, module: Module) -> Iterator[Hit]:
    for one in layer.methods["forward"].statements:
        if (
            one.value_node is None
            or any(_LAZY.search(condition) for condition in one.conditions)
            or "setattr" in one.code
        ):
            continue
        if any(node.kind() == "try_statement" for node in one.around):
            continue
        calls = [*one.value_node.find_all(kind="call")]
        for call in calls if one.value_node.kind() != "call" else [one.value_node, *calls]:
            dotted = module.dotted(called(call))
            name = dotted.rpartition(".")[2]
            fresh = (
                name == "Parameter"
                and re.search(r"\b(?:randn|rand|zeros|ones|empty)\(", plain(call))
                and "self." not in plain(arguments(call)[0][0] if arguments(call)[0] else None)
            )
            if (
                dotted.startswith("torch.nn.")
                and ".functional." not in dotted
                and (name in WITH_PARAMETERS or fresh)
                and not _NORMALISES.search(plain(call))
            ):
                yield Hit(
                    node=call,
                    message=(
                        f"`{name}` is built in every call of `{layer.name}.forward`: new random "
                        f"parameters that no optimizer knows"
                    ),
                )
                break


RULE = Rule(
    code="GRC307",
    name="layer_built_in_forward",
    summary="A layer with parameters built in forward",
    why=(
        "Each call makes new random weights. They are no part of `parameters()`, and whatever they could "
        "learn is thrown away."
    ),
    remedy="Build it in `__init__` and call it in `forward`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    worth=_may_build,
    needles=(b"nn.Module", b"(Module)", b"torch.nn", b"from torch import nn"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return nn.Linear(4, 4)(x)
"""
        ),
        Example(
            text="""\
import torch


class Net(torch.nn.Module):
    def forward(self, x):
        conv = torch.nn.Conv2d(3, 8, 3)
        return conv(x)
"""
        ),
        Example(
            text="""\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        w = nn.Parameter(torch.randn(4, 4))
        return x @ w
"""
        ),
    ),
    good=(
        """\
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return self.fc(x)
""",
        """\
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        if self.fc is None:
            self.fc = nn.Linear(x.shape[-1], 4)
        return self.fc(x)
""",
        """\
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        return nn.ReLU()(nn.Softmax(-1)(x))
""",
    ),
)
