"""GRC402: a step without gradients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.training import DRIVEN, callees_that, calls_any, training_calls
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"zero_grad\(")
_MAKES_GRADIENTS = r"backward\b|\.grad\b|\bgrads?\b|gradient|minimize|calibrate"


def examine(_node: SgNode, module: Module) -> Iterator[Hit]:
    """Find zero_grad, a loss and a step in one loop or function, with no backward in reach."""
    if not module.imports("torch"):
        return
    for function in functions_with(module, _WORTH):
        if (
            not function.name
            or re.search(_MAKES_GRADIENTS, function.code.replace("zero_grad", ""))
            or DRIVEN.search(function.code)
        ):
            continue
        calls = training_calls(function)
        cleared = {call.owner: call for call in calls if call.verb == "zero_grad"}
        for step in calls:
            first = cleared.get(step.owner)
            if first is None or not step.is_optimizer_step or first.index > step.index or step.given:
                continue
            between = function.statements[first.index + 1 : step.index]
            loss = [one for one in between if re.search(r"loss", one.target, re.IGNORECASE) and one.operator]
            handed = any(
                re.search(rf"\([^()]*\b{re.escape(one.target)}\b(?!\.item)", other.value)
                for one in loss
                for other in between
                if not other.target
            )
            if (
                loss
                and not handed
                and not calls_any(" ".join(one.value for one in between), callees_that(module, _MAKES_GRADIENTS))
            ):
                yield Hit(
                    node=step.statement.node,
                    message=f"`{step.owner}.step()` without a backward pass since `zero_grad`: there are no gradients to step with",
                )


RULE = Rule(
    code="GRC402",
    name="step_without_backward",
    summary="An optimizer's step without a backward pass",
    why="Parameters without a gradient are skipped silently: the loop runs, the loss is printed, and nothing is trained.",
    remedy="Call `loss.backward()` before the step.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".step(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="import torch\n\n\ndef train(model, x, opt):\n    opt.zero_grad()\n    loss = model(x).mean()\n    opt.step()\n    return loss.item()\n"
        ),
        Example(
            text="import torch\n\n\ndef train(model, batches, optimizer):\n    for x in batches:\n        optimizer.zero_grad()\n        loss = model(x).mean()\n"
            "        print(float(loss.item()))\n        optimizer.step()\n"
        ),
        Example(
            text="import torch\n\n\ndef fit(self, x, y):\n    self.optimizer.zero_grad()\n    total_loss = self.criterion(self.model(x), y)\n    self.optimizer.step()\n"
        ),
    ),
    good=(
        "import torch\n\n\ndef train(model, x, opt):\n    opt.zero_grad()\n    loss = model(x).mean()\n    loss.backward()\n    opt.step()\n",
        "import torch\n\n\ndef spread(loss):\n    loss.backward()\n\n\ndef train(model, x, opt):\n    opt.zero_grad()\n    loss = model(x).mean()\n    spread(loss)\n    opt.step()\n",
        "import torch\n\n\ndef play(env, optimizer):\n    optimizer.zero_grad()\n    state = env.step(1)\n    return state\n",
    ),
)
