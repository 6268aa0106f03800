"""GRC103: a parameter stepped in place while the graph is recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.layers import Layer
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_STEP = re.compile(r"([A-Za-z_][\w.\[\]]*)\.(?:add_|sub_|addcmul_|addcdiv_|copy_)\(")
_WORTH = re.compile(r"[-+]=[^\n]*\.grad\b|_\([^\n]*\.grad\b")
_UNRECORDED = re.compile(
    r"no_grad|inference_mode|set_grad_enabled|optim|sgd|adam|adagrad|rmsprop|momentum", re.IGNORECASE
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `p -= lr * p.grad` outside of `no_grad`."""
    if not module.imports("torch"):
        return
    for function in functions_with(module, _WORTH, (".grad",)):
        owner = module.class_of(function.node)
        inherits = [*Layer(owner).base_names, Layer(owner).name] if owner else []
        if function.is_without_gradient or _UNRECORDED.search(" ".join((*inherits, function.name))):
            continue
        for one in function.statements:
            match = _STEP.match(one.value) if not one.target else None
            name = match[1] if match else one.target
            if (
                not (match or one.operator in {"-=", "+="})
                or one.is_without_gradient
                or ".data" in name
                or ".grad" in name
            ):
                continue
            if re.search(rf"(?<![\w.]){re.escape(name)}\.grad\b", one.value):
                yield Hit(node=one.node, message=f"`{name}` is a leaf, and its step is recorded in the graph")


RULE = Rule(
    code="GRC103",
    name="leaf_inplace",
    summary="A parameter changed in place outside of `no_grad`",
    why=(
        "PyTorch refuses to change a leaf that requires a gradient; a home-made tape records the step as part "
        "of the model."
    ),
    remedy="Put the step under `with torch.no_grad():`.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=(b".grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch

for p in model.parameters():
    p -= lr * p.grad
"""
        ),
        Example(
            text="""\
import torch


def train(w, loss):
    loss.backward()
    w.sub_(0.1 * w.grad)
"""
        ),
        Example(
            text="""\
import torch


def train(self, loss):
    loss.backward()
    self.w.add_(self.w.grad, alpha=-0.1)
"""
        ),
    ),
    good=(
        """\
import torch

with torch.no_grad():
    for p in model.parameters():
        p -= lr * p.grad
""",
        """\
import torch

for p in model.parameters():
    p.data -= lr * p.grad
""",
        """\
import torch


@torch.no_grad()
def step(w):
    w -= 0.1 * w.grad
""",
    ),
)
