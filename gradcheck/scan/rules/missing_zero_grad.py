"""GRC401: a training loop that never clears the gradients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.training import DRIVEN, Call, callees_that, calls_any, is_trained_here, training_calls
from gradcheck.scan.model import Example, Hit, Mark, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\.step\(\s*\)")
_CLEARS = r"zero_?grads?\w*\b|\.grad\w*(?:\[[^\]]*\])?=(?:None|0)|grad\.(?:data\.)?(?:zero_|fill_)|grad(?:\.data)?\[:\]=0|set_to_none|clear_?grads?|reset_?grads?|zero_gradients|\.grad(?:\.data)?\*=0"


def examine(_node: SgNode, module: Module) -> Iterator[Hit]:
    """Find loops with backward and step and nothing that clears."""
    if not is_trained_here(module):
        return
    for function in functions_with(module, _WORTH):
        if re.search(_CLEARS, function.code) or DRIVEN.search(function.code):
            continue
        calls = training_calls(function)
        found = _pair(calls)
        if found is None:
            continue
        backward, step = found
        if calls_any(function.code, callees_that(module, _CLEARS)) or _is_fresh(function, step):
            continue
        yield Hit(
            node=step.statement.node,
            message=f"`{step.owner}` steps with the gradients of all iterations so far: nothing clears them",
            steps=(
                Mark(node=backward.statement.node, note="adds to the gradients"),
                Mark(node=step.statement.node, note="uses the sum"),
            ),
        )


def _pair(calls: tuple[Call, ...]) -> tuple[Call, Call] | None:
    """A backward and the step of an optimizer in one loop."""
    for step in calls:
        loops = [loop.range().start.index for loop in step.statement.loops]
        for backward in calls:
            shared = [loop for loop in backward.statement.loops if loop.range().start.index in loops]
            if (
                step.is_optimizer_step
                and backward.verb == "backward"
                and shared
                and backward.index < step.index
                and not step.given
            ):
                return backward, step
    return None


def _is_fresh(function: Function, step: Call) -> bool:
    """Whether the loop makes its optimizer or its parameters anew."""
    inside = [one for one in function.statements if one.loops and step.statement.loops]
    made = {one.target for one in inside}
    return step.owner in made


RULE = Rule(
    code="GRC401",
    name="missing_zero_grad",
    summary="A training loop that never clears the gradients",
    why="`backward` adds: without `zero_grad` every step uses the sum of all gradients since the start.",
    remedy="Call `optimizer.zero_grad()` once an iteration, before `backward`.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=(b".step(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text="import torch\n\nfor x, y in batches:\n    loss(model(x), y).backward()\n    optimizer.step()\n"),
        Example(
            text="import torch\n\n\ndef train(model, batches, opt):\n    for epoch in range(3):\n        for x in batches:\n            loss = model(x).mean()\n"
            "            loss.backward()\n            opt.step()\n"
        ),
        Example(
            text="import torch\n\n\ndef train(model, batches, optimizer):\n    for x in batches:\n        value = model(x)\n        if value > 0:\n            value.backward()\n"
            "            optimizer.step()\n"
        ),
    ),
    good=(
        "import torch\n\nfor x, y in batches:\n    optimizer.zero_grad()\n    loss(model(x), y).backward()\n    optimizer.step()\n",
        "import torch\n\n\ndef clear(model):\n    for p in model.parameters():\n        p.grad = None\n\n\ndef train(model, batches, opt):\n    for x in batches:\n"
        "        loss = model(x)\n        clear(model)\n        loss.backward()\n        opt.step()\n",
        "def train(network, loss, batches, optimizer):\n    for x, y in batches:\n        loss.forward(network.forward(x), y)\n        network.backward(loss.backward())\n        optimizer.step()\n",
    ),
)
