"""GRC401: a training loop that never clears the gradients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.training import DRIVEN, Call, callees_that, calls_any, is_trained_here, training_calls
from gradcheck.scan.model import Example, Hit, Mark, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\.step\(\s*\)")
_CLEARS = (
    r"zero_?grads?\w*\b|\.grad\w*(?:\[[^\]]*\])?=(?:None|0)|grad\.(?:data\.)?(?:zero_|fill_)|"
    r"grad(?:\.data)?\[:\]=0|set_to_none|clear_?grads?|reset_?grads?|zero_gradients|"
    r"\.grad(?:\.data)?\*=0"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find loops with backward and step and nothing that clears."""
    if not is_trained_here(module):
        return
    for function in functions_with(module, _WORTH):
        if "backward" not in function.source or re.search(_CLEARS, function.code) or DRIVEN.search(function.code):
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
    why=("`backward` adds: without `zero_grad` every step uses the sum of all gradients since the start."),
    remedy="Call `optimizer.zero_grad()` once an iteration, before `backward`.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=(b".step(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch

for x, y in batches:
    loss(model(x), y).backward()
    optimizer.step()
"""
        ),
        Example(
            text="""\
import torch


def train(model, batches, opt):
    for epoch in range(3):
        for x in batches:
            loss = model(x).mean()
            loss.backward()
            opt.step()
"""
        ),
        Example(
            text="""\
import torch


def train(model, batches, optimizer):
    for x in batches:
        value = model(x)
        if value > 0:
            value.backward()
            optimizer.step()
"""
        ),
    ),
    good=(
        """\
import torch

for x, y in batches:
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()
""",
        """\
import torch


def clear(model):
    for p in model.parameters():
        p.grad = None


def train(model, batches, opt):
    for x in batches:
        loss = model(x)
        clear(model)
        loss.backward()
        opt.step()
""",
        """\
def train(network, loss, batches, optimizer):
    for x, y in batches:
        loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        optimizer.step()
""",
    ),
)
