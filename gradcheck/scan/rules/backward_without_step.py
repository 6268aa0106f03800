"""GRC403: gradients that are computed and cleared without a step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.training import DRIVEN, Call, callees_that, calls_any, training_calls
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"zero_grad\(")
_STEPS = r"\bstep\w*\(|\.update\w*\(|apply_grad|\.grad\b|_step\b|optimize\w*\(|\.minimize\("
_SCHEDULE = re.compile(r"[\w.]*(?:sched\w*|lr_\w+)\.step\(")


def examine(_node: SgNode, module: Module) -> Iterator[Hit]:
    """Find loops with backward and the zero_grad of an optimizer, whose only step is that of a schedule."""
    if not module.imports("torch"):
        return
    for function in functions_with(module, _WORTH):
        calls = training_calls(function)
        backward = [call for call in calls if call.verb == "backward" and call.statement.loops]
        cleared = [
            call
            for call in calls
            if call.verb == "zero_grad" and call.statement.loops and re.search("opt", call.owner, re.I)
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
    why="The loop computes gradients and clears them: without the optimizer's step no parameter ever changes.",
    remedy="Call `optimizer.step()` after `backward`; a schedule's `step` only changes the rate.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"zero_grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="import torch\n\nfor x in batches:\n    loss = model(x).mean()\n    loss.backward()\n    scheduler.step()\n    optimizer.zero_grad()\n"
        ),
        Example(
            text="import torch\n\n\ndef train(model, batches, opt):\n    for x in batches:\n        opt.zero_grad()\n        loss = model(x).mean()\n        loss.backward()\n"
        ),
        Example(
            text="import torch\n\n\ndef train(self, batches):\n    for x in batches:\n        self.optimizer.zero_grad()\n        self.loss(x).backward()\n        self.lr_scheduler.step()\n"
        ),
    ),
    good=(
        "import torch\n\nfor x in batches:\n    optimizer.zero_grad()\n    model(x).mean().backward()\n    optimizer.step()\n    scheduler.step()\n",
        "import torch\n\n\ndef train(model, batches, opt):\n    for x in batches:\n        opt.zero_grad()\n        model(x).mean().backward()\n        advance(opt)\n",
        "import torch\n\n\ndef saliency(model, x):\n    model.zero_grad()\n    model(x).max().backward()\n    return x.grad\n",
    ),
)
