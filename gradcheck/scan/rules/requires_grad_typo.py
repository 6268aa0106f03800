"""GRC013: an attribute that looks like `requires_grad` and is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_TYPOS = frozenset(
    {"require_grad", "require_grads", "requires_grade", "required_grad", "requires_grads", "requre_grad",
     "requires_gard", "require_gradient", "requires_gradient", "reqires_grad", "requies_grad"}
)  # fmt: skip


def examine(node: SgNode, module: Module) -> Iterator[Hit]:
    """Find assignments to a misspelt attribute that the file itself never reads or defines."""
    target = node.field("left")
    attribute = target.field("attribute") if target and target.kind() == "attribute" else None
    if attribute is None or attribute.text() not in _TYPOS:
        return
    typo = attribute.text()
    receiver = target.field("object") if target else None
    if receiver is None or receiver.text() == "self" or f"self.{typo}" in module.text:
        return
    span = attribute.range()
    edit = Edit(start=span.start.index, end=span.end.index, replacement="requires_grad")
    yield Hit(
        node=attribute,
        message=f"`{typo}` is no attribute of a tensor: Python makes a new one and the flag stays as it was",
        fix=Fix(message="Write `requires_grad`", edits=(edit,), safe=True),
    )


RULE = Rule(
    code="GRC013",
    name="requires_grad_typo",
    summary="A misspelt `requires_grad`",
    why="Assigning to an attribute that does not exist succeeds silently; the tensor keeps its flag.",
    remedy="Write `requires_grad`, or call `requires_grad_()`, which fails when it is misspelt.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=tuple(sorted(typo.encode() for typo in _TYPOS)),
    kinds=frozenset({"assignment"}),
    examine=examine,
    bad=(
        Example(
            text="for p in model.parameters():\n    p.require_grad = False\n",
            fixed="for p in model.parameters():\n    p.requires_grad = False\n",
        ),
        Example(text="w.requires_grade = True\n", fixed="w.requires_grad = True\n"),
        Example(text="net.fc.weight.required_grad = False\n", fixed="net.fc.weight.requires_grad = False\n"),
    ),
    good=(
        "w.requires_grad = False\n",
        "w.requires_grad_(False)\n",
        "class Config:\n    def __init__(self, flag):\n        self.require_grad = flag\n",
    ),
)
