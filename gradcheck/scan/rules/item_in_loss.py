"""GRC006: a Python number where a loss needs the tensor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_loss_term, is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find numbers of tensors that are addends of what is back-propagated."""
    for flow in flows_of(module):
        if flow.kind is Kind.NUMBER and is_loss_term(flow) and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.node.text()}` is added to the loss as a number: this term has no gradient",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC006",
    name="item_in_loss",
    summary="A Python number taken from a tensor is a term of the loss",
    why=(
        "`.item()`, `.tolist()` and `float()` leave the graph. The sum looks right and falls; nothing is trained by "
        "this term."
    ),
    remedy="Add the tensor; take the number only where it is logged.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".item(", b".tolist(", b"float("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text=("def step(ce, aux):\n    loss = ce + 0.1 * aux.item()\n    loss.backward()\n")),
        Example(
            text=(
                "def step(model, x, adversary):\n"
                "    loss = model(x).mean()\n"
                "    loss += adversary(x).detach().item()\n"
                "    loss.backward()\n"
            )
        ),
        Example(
            text=("def step(loss, target_loss):\n    loss = loss + target_loss.detach().item()\n    loss.backward()\n")
        ),
    ),
    good=(
        ("def step(ce, aux, log):\n    loss = ce + 0.1 * aux\n    loss.backward()\n    log(aux.item())\n"),
        ("def step(loss, weight):\n    loss = loss * weight.item()\n    loss.backward()\n"),
        (
            "def train(batches, model):\n"
            "    total = 0.0\n"
            "    for x in batches:\n"
            "        loss = model(x)\n"
            "        loss.backward()\n"
            "        total += loss.item()\n"
            "    return total\n"
        ),
    ),
)
