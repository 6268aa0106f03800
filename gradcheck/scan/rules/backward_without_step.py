"""GRC403: gradients that are computed and cleared without a step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.training import DRIVEN, Call, callees_that, calls_any, training_calls
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"zero_grad\(")
_STEPS = r"\bstep\w*\(|\.update\w*\(|apply_grad|\.grad\b|_step\b|optimize\w*\(|\.minimize\("
_SCHEDULE = re.compile(r"[\w.]*(?:sched\w*|lr_\w+)\.step\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find loops with backward and the zero_grad of an optimizer, whose only step is that of a schedule."""
    if not module.imports("torch"):
        return
    for function in functions_with(module, _WORTH):
        calls = training_calls(function)
        backward = [call for call in calls if call.verb == "backward" and call.statement.loops]
        cleared = [
            call
            for call in calls
            if call.verb == "zero_grad" and call.statement.loops and re.search("opt", call.owner, re.IGNORECASE)
        ]
        if not backward or not cleared or DRIVEN.search(function.code):
            continue
        if not _steps(function, cleared[0], module):
            yield Hit(
                node=backward[-1].statement.node,
                message=f"nothing steps `{cleared[0].owner}`: the gradients are computed and cleared",
            )


def _steps(function: Function, cleared: Call, module: Module) -> bool:
    """Whether something in reach uses the gradients."""
    code = _SCHEDULE.sub("", function.code)
    code = re.sub(r"\b(?:\w+\.)*[A-Z]\w*\([^()]*\)", "", code)  # a schedule is given the optimizer and steps nothing
    handed = re.search(rf"\((?:[^()]*,)?{re.escape(cleared.owner)}[,)]", code)
    return bool(re.search(_STEPS, code) or handed) or calls_any(code, callees_that(module, _STEPS))


RULE = Rule(
    code="GRC403",
    name="backward_without_step",
    summary="A backward pass whose gradients nobody uses",
    why=("The loop computes gradients and clears them: without the optimizer's step no parameter ever changes."),
    remedy="Call `optimizer.step()` after `backward`; a schedule's `step` only changes the rate.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"zero_grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch

for x in batches:
    loss = model(x).mean()
    loss.backward()
    scheduler.step()
    optimizer.zero_grad()
"""
        ),
        Example(
            text="""\
import torch


def train(model, batches, opt):
    for x in batches:
        opt.zero_grad()
        loss = model(x).mean()
        loss.backward()
"""
        ),
        Example(
            text="""\
import torch


def train(self, batches):
    for x in batches:
        self.optimizer.zero_grad()
        self.loss(x).backward()
        self.lr_scheduler.step()
"""
        ),
    ),
    good=(
        """\
import torch

for x in batches:
    optimizer.zero_grad()
    model(x).mean().backward()
    optimizer.step()
    scheduler.step()
""",
        """\
import torch


def train(model, batches, opt):
    for x in batches:
        opt.zero_grad()
        model(x).mean().backward()
        advance(opt)
""",
        """\
import torch


def saliency(model, x):
    model.zero_grad()
    model(x).max().backward()
    return x.grad
""",
    ),
)
