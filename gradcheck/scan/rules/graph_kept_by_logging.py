"""GRC405: a running total that keeps every graph alive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, Statement, functions_with
from gradcheck.scan.facts.training import training_calls
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module


_WORTH = re.compile(r"\.backward\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `total += loss` of a loss that is back-propagated in the same loop, where total itself is not."""
    if not module.imports("torch"):
        return
    for function in functions_with(module, _WORTH):
        spread = {
            call.owner: call for call in training_calls(function) if call.verb == "backward" and call.statement.loops
        }
        if not spread:
            continue
        for one in function.statements:
            added = _added(one)
            if added not in spread or one.is_without_gradient or _is_differentiated(function, one.target, added):
                continue
            shared = _starts(spread[added].statement) & _starts(one)
            if shared:
                yield Hit(
                    node=one.node,
                    message=f"`{one.target}` holds on to the graph of every `{added}`",
                    fix=_fix(one.node, added),
                )


def _added(statement: Statement) -> str:
    """What a statement adds to its target; "" where it adds nothing."""
    if statement.operator == "+=":
        return statement.value
    own = f"{statement.target}+"
    return statement.value.removeprefix(own) if statement.operator == "=" and statement.value.startswith(own) else ""


def _starts(statement: Statement) -> set[int]:
    return {loop.range().start.index for loop in statement.loops}


def _is_differentiated(function: Function, total: str, added: str) -> bool:
    """Whether the total is itself back-propagated, returned as a loss, or the loss made a number before."""
    name = re.escape(total)
    rebound = re.search(rf"(?<![\w.]){re.escape(added)}={re.escape(added)}\.(?:item|detach|data|cpu)", function.code)
    return bool(
        rebound or re.search(rf"(?<![\w.]){name}(?:/\w+)?\)?\.backward\(|backward\({name}|grad\({name}", function.code)
    )


def _fix(node: SgNode, added: str) -> Fix | None:
    value = node.field("right")
    if value is None or not value.text().endswith(added):
        return None
    end = value.range().end.index
    return Fix(message="Add the number", edits=(Edit(start=end, end=end, replacement=".item()"),), safe=False)


RULE = Rule(
    code="GRC405",
    name="graph_kept_by_logging",
    summary="A running total of losses that keeps every graph alive",
    why=("The total is a tensor with the history of all iterations: memory grows with each batch until it runs out."),
    remedy="Add the number: `total += loss.item()`.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=(b".backward(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch

for x in batches:
    loss = model(x)
    loss.backward()
    total += loss
print(total)
""",
            fixed="""\
import torch

for x in batches:
    loss = model(x)
    loss.backward()
    total += loss.item()
print(total)
""",
        ),
        Example(
            text="""\
import torch


def train(model, batches):
    running = 0.0
    for x in batches:
        loss = model(x)
        loss.backward()
        running = running + loss
    return running
""",
            fixed="""\
import torch


def train(model, batches):
    running = 0.0
    for x in batches:
        loss = model(x)
        loss.backward()
        running = running + loss.item()
    return running
""",
        ),
        Example(
            text="""\
import torch


def train(self, batches):
    for x in batches:
        loss = self(x)
        self.total += loss
        loss.backward()
""",
            fixed="""\
import torch


def train(self, batches):
    for x in batches:
        loss = self(x)
        self.total += loss.item()
        loss.backward()
""",
        ),
    ),
    good=(
        """\
import torch

for x in batches:
    loss = model(x)
    loss.backward()
    total += loss.item()
print(total)
""",
        """\
import torch


def train(model, batches):
    total = 0
    for x in batches:
        loss = model(x)
        total += loss
    total.backward()
""",
        """\
import torch


def train(model, batches):
    for x in batches:
        loss = model(x)
        loss.backward()
        loss = loss.detach()
        total += loss
""",
    ),
)
