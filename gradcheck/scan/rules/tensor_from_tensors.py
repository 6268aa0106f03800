"""GRC004: `torch.tensor([...])` of tensors drops what they were computed from."""

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
    """Find tensors made of lists of tensors that a loss is made of."""
    for flow in flows_of(module):
        if flow.kind is Kind.LISTED and is_on_path(flow) and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message="the new tensor copies the numbers: what is in the list loses its history",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC004",
    name="tensor_from_tensors",
    summary="A tensor made of a list of tensors that were computed",
    why=("The constructor copies values. The new tensor is a leaf; none of the tensors in the list gets a gradient."),
    remedy="Use `torch.stack` or `torch.cat`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"ensor(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text=("import torch\n\ndef total_loss(losses):\n    return torch.tensor(losses).mean()\n")),
        Example(
            text=(
                "import torch\n"
                "\n"
                "def step(model, batches, criterion):\n"
                "    losses = []\n"
                "    for x, t in batches:\n"
                "        losses.append(criterion(model(x), t))\n"
                "    loss = torch.tensor(losses).sum()\n"
                "    loss.requires_grad = True\n"
                "    loss.backward()\n"
            )
        ),
        Example(
            text=(
                "import torch\n"
                "\n"
                "def step(x, w):\n"
                "    a = torch.dot(x, w)\n"
                "    b = torch.norm(w)\n"
                "    y = torch.as_tensor([a, b]).sum()\n"
                "    y.backward()\n"
            )
        ),
    ),
    good=(
        (
            "import torch\n"
            "\n"
            "def step(model, batches, criterion):\n"
            "    losses = [criterion(model(x), t) for x, t in batches]\n"
            "    torch.stack(losses).mean().backward()\n"
        ),
        (
            "import torch\n"
            "\n"
            "def train_epoch(model, loader, criterion, optimizer):\n"
            "    losses = []\n"
            "    for x, t in loader:\n"
            "        loss = criterion(model(x), t)\n"
            "        loss.backward()\n"
            "        optimizer.step()\n"
            "        losses.append(loss.item())\n"
            "    return torch.tensor(losses).mean()\n"
        ),
        ("import torch\n\ndef forward(x):\n    scale = torch.tensor([0.5, 0.25])\n    return x * scale\n"),
    ),
)
