"""GRC011: a prediction without a derivative, handed to a loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find roundings and choices between a prediction and a loss."""
    for flow in flows_of(module):
        if flow.kind is Kind.ROUNDED and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.node.text()}` has no derivative: the loss trains nothing before it",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC011",
    name="nondiff_in_loss",
    summary="An operation without a derivative between prediction and loss",
    why=("`argmax`, comparisons and integers have no gradient, and that of rounding is zero everywhere."),
    remedy="Give the loss the scores themselves: `cross_entropy` wants logits.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    needles=(b"argm", b"round(", b"long(", b"sign("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text=(
                "import torch\n"
                "\n"
                "def step(logits, t, mse):\n"
                "    loss = mse(logits.argmax(1).float(), t)\n"
                "    loss.backward()\n"
            )
        ),
        Example(
            text=(
                "import torch\n"
                "\n"
                "def step(model, x, t, criterion_loss):\n"
                "    y = torch.round(model(x))\n"
                "    loss = criterion_loss(y, t)\n"
                "    loss.backward()\n"
            )
        ),
        Example(
            text=(
                "import torch\n"
                "\n"
                "from torch.nn import functional as F\n"
                "\n"
                "def hierarchy_loss(logits, t):\n"
                "    p = torch.argmax(logits, dim=1)\n"
                "    return F.mse_loss(p.float(), t)\n"
            )
        ),
    ),
    good=(
        (
            "from torch.nn import functional as F\n"
            "\n"
            "def step(logits, t):\n"
            "    loss = F.cross_entropy(logits, t)\n"
            "    loss.backward()\n"
        ),
        (
            "from torch.nn import functional as F\n"
            "\n"
            "def step(logits, teacher, x):\n"
            "    loss = F.cross_entropy(logits, teacher(x).argmax(1))\n"
            "    loss.backward()\n"
        ),
        ("def accuracy(logits, t, mse_loss):\n    return mse_loss(logits.argmax(1), t)\n"),
    ),
)
