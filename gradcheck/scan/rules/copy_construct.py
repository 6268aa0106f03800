"""GRC005: `torch.tensor(x)` of a tensor copies it without its history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_on_path, is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find tensors made of one tensor on the way to a loss."""
    for flow in flows_of(module):
        if flow.kind is Kind.RECONSTRUCTED and is_on_path(flow) and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message="a tensor made of a tensor is a new leaf: it has no history",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC005",
    name="copy_construct",
    summary="A tensor made of a tensor that was computed",
    why=("The constructor copies values; the gradient stops at the copy. torch warns of it once a process."),
    remedy="Use the tensor itself, `.clone()` for a copy with history, `.detach().clone()` for one without.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    needles=(b"ensor(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text=("import torch\n\ndef forward(x):\n    h = torch.tanh(x)\n    return torch.tensor(h) * 2\n")),
        Example(
            text=(
                "import torch\n"
                "\n"
                "def step(model, x, t, criterion):\n"
                "    loss = torch.tensor(criterion(model(x), t))\n"
                "    loss.backward()\n"
            )
        ),
        Example(
            text=(
                "import torch\n"
                "\n"
                "def contrast_loss(a, b):\n"
                "    near = torch.norm(a - b)\n"
                "    return torch.tensor(near) ** 2\n"
            )
        ),
    ),
    good=(
        ("import torch\n\ndef forward(x):\n    h = torch.tanh(x)\n    return h.clone() * 2\n"),
        ("import torch\n\ndef forward(x, k):\n    return x * torch.tensor(k)\n"),
        ("import torch\n\ndef forward(x):\n    return x + torch.tensor(0.5)\n"),
    ),
)
