"""GRC101: a result of the graph, changed behind its back."""

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
    """Find in-place writes through `.data` to computed values that are used after."""
    for flow in flows_of(module):
        if flow.kind is Kind.MUTATED and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message="values that backward needs are changed, and autograd does not see it",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC101",
    name="inplace_through_data",
    summary="A computed value written to through `.data`",
    why=(
        "Operations such as sigmoid keep their result for the backward pass. Through `.data` it changes unseen, the "
        "gradient comes out wrong without an error."
    ),
    remedy="Compute a new tensor: `y = y.clamp(...)`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".data",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text=(
                "import torch\n"
                "\n"
                "def forward(x):\n"
                "    y = torch.sigmoid(x)\n"
                "    y.data.clamp_(0.1, 0.9)\n"
                "    return y.sum()\n"
            )
        ),
        Example(
            text=("import torch\n\ndef step(x):\n    y = torch.exp(x)\n    y.data.zero_()\n    y.sum().backward()\n")
        ),
        Example(
            text=("import torch\n\ndef forward(x):\n    y = torch.tanh(x)\n    y.data[0] = 1.0\n    return y * 2\n")
        ),
    ),
    good=(
        ("import torch\n\ndef forward(x):\n    return torch.sigmoid(x).clamp(0.1, 0.9).sum()\n"),
        ("import torch\n\ndef init_weights(m):\n    m.weight.data.fill_(1.0)\n"),
        ("import torch\n\ndef project(delta, eps):\n    delta.data.clamp_(-eps, eps)\n    return delta\n"),
    ),
)
