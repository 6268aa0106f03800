"""GRC012: a loss is put together and logged, and only a part of it is trained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity, State

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_LOSS = re.compile(r"loss|total|objective", re.IGNORECASE)
_LOGS = re.compile(r"\blog|print|writer|record|append|metric|wandb|progress|meter", re.IGNORECASE)


def examine(node: SgNode, module: Module) -> Iterator[Hit]:
    """Find sums that are only logged, in functions that return or back-propagate one of their terms."""
    target, value = node.field("left"), node.field("right")
    scope = module.function_of(node)
    if target is None or value is None or scope is None or target.kind() != "identifier":
        return
    if not _LOSS.search(target.text()) or value.kind() != "binary_operator":
        return
    terms = {name.text() for name in value.find_all(kind="identifier")} - {target.text()}
    rest = module.text[node.range().end.index : scope.range().end.index]
    lines = [line for line in rest.split("\n") if re.search(rf"\b{re.escape(target.text())}\b", line)]
    if not lines or not all(_LOGS.search(line) for line in lines):
        return
    for term in sorted(terms):
        if re.search(rf"\breturn {re.escape(term)}\s*(?:$|,|#)|\b{re.escape(term)}\.backward\(", rest, re.MULTILINE):
            yield Hit(node=target, message=f"`{target.text()}` is only logged; what is trained is `{term}` alone")


_STEP = "def step(rec, aux):\n    loss = rec + aux\n    log(loss.item())\n    return rec\n"

RULE = Rule(
    code="GRC012",
    name="combined_loss_dropped",
    summary="A combined loss is logged, and only a part of it is trained",
    why="The curve that is looked at is not the one that is minimised: the other terms have no effect.",
    remedy="Return or back-propagate the combined loss.",
    severity=Severity.WARNING,
    state=State.PREVIEW,
    precision=Precision.MEDIUM,
    needles=(b"loss", b"total", b"objective"),
    kinds=frozenset({"assignment"}),
    examine=examine,
    bad=(
        Example(text=_STEP),
        Example(text=_STEP.replace("return rec", "rec.backward()")),
        Example(text=_STEP.replace("rec + aux", "rec + 0.1 * aux").replace("log(loss.item())", "print(loss)")),
    ),
    good=(
        _STEP.replace("return rec", "return loss"),
        _STEP.replace("return rec", "loss.backward()"),
        _STEP.replace("    log(loss.item())\n", "    history = [loss]\n"),
    ),
)
