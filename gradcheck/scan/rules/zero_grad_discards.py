"""GRC404: gradients cleared before they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.training import Call, training_calls
from gradcheck.scan.model import Example, Hit, Mark, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


_WORTH = re.compile(r"zero_grad\(")
# Conditions that hold once in some iterations: by the rest of a division, or when a count is reached.
_WAITS = re.compile(
    r"%.*(?:accum|grad|update|step|every|freq|interval|batch_?multi)|accum\w*.*%|[>=]=.*(?:accum|every|freq|interval)"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find zero_grad between backward and step, and zero_grad in every iteration beside a step in some."""
    for function in functions_with(module, _WORTH):
        calls = training_calls(function)
        for place, call in enumerate(calls):
            if call.verb != "zero_grad" or call.statement.is_without_gradient:
                continue
            before = next((one for one in reversed(calls[:place]) if _same_block(one, call)), None)
            after = next((one for one in calls[place + 1 :] if _same_block(one, call)), None)
            if before and after and before.verb == "backward" and after.verb == "step" and after.owner == call.owner:
                yield Hit(
                    node=call.statement.node,
                    message=f"`{call.owner}.zero_grad()` throws the gradients away before `step` can use them",
                    steps=(
                        Mark(node=before.statement.node, note="computes the gradients"),
                        Mark(node=after.statement.node, note="steps with zeros"),
                    ),
                )
            elif _every_time(call, calls):
                yield Hit(
                    node=call.statement.node,
                    message=(
                        f"`{call.owner}.zero_grad()` runs in every iteration, `step` in some: the "
                        f"gradients of the others are lost"
                    ),
                )


def _path(call: Call) -> list[int]:
    return [node.range().start.index for node in call.statement.around]


def _same_block(one: Call, other: Call) -> bool:
    return _path(one) == _path(other)


def _every_time(cleared: Call, calls: tuple[Call, ...]) -> bool:
    """Whether the step of the same optimizer waits for a count of the loop that the clearing does not wait for."""
    if not cleared.statement.loops:
        return False
    steps = [call for call in calls if call.verb == "step" and call.owner == cleared.owner]
    backward = [call for call in calls if call.verb == "backward" and _is_below(call, cleared) and not _waits(call)]
    return bool(steps and backward) and all(_is_below(step, cleared) and _waits(step) for step in steps)


def _is_below(call: Call, cleared: Call) -> bool:
    """Whether a call stands in the block of the clearing, or in a branch below it, and in no other loop."""
    around = _path(cleared)
    return _path(call)[: len(around)] == around and len(call.statement.loops) == len(cleared.statement.loops)


def _waits(call: Call) -> bool:
    return any(_WAITS.search(condition) for condition in call.statement.conditions)


RULE = Rule(
    code="GRC404",
    name="zero_grad_discards",
    summary="Gradients cleared before they are used",
    why=(
        "Cleared between `backward` and `step`, the gradients are zeros or None when the optimizer looks: "
        "nothing is trained, or only every n-th batch counts."
    ),
    remedy="Clear after `step`, or before `backward`; when accumulating, clear where you step.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"zero_grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
for x in batches:
    loss = model(x)
    loss.backward()
    opt.zero_grad()
    opt.step()
"""
        ),
        Example(
            text="""\
for i, x in enumerate(batches):
    optimizer.zero_grad()
    loss = model(x)
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
"""
        ),
        Example(
            text="""\
def update(self, loss):
    loss.backward()
    self.optimizer.zero_grad()
    clip(self.model)
    self.optimizer.step()
"""
        ),
    ),
    good=(
        """\
for x in batches:
    loss = model(x)
    loss.backward()
    opt.step()
    opt.zero_grad()
""",
        """\
for i, x in enumerate(batches):
    loss = model(x)
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        optimizer.step()
        optimizer.zero_grad()
""",
        """\
def play(g_loss, d_loss, opt_g, opt_d):
    g_loss.backward()
    opt_d.zero_grad()
    opt_g.step()
    d_loss.backward()
    opt_d.step()
""",
    ),
)
