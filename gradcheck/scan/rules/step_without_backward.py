"""GRC402: a step without gradients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.training import DRIVEN, callees_that, calls_any, training_calls
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"zero_grad\(")
_MAKES_GRADIENTS = r"backward\b|\.grad\b|\bgrads?\b|gradient|minimize|calibrate"


def examine(_node: None, module: Module) -> Iterator[Hit]:
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
                    message=(
                        f"`{step.owner}.step()` without a backward pass since `zero_grad`: there are no "
                        f"gradients to step with"
                    ),
                )


RULE = Rule(
    code="GRC402",
    name="step_without_backward",
    summary="An optimizer's step without a backward pass",
    why=(
        "Parameters without a gradient are skipped silently: the loop runs, the loss is printed, and nothing "
        "is trained."
    ),
    remedy="Call `loss.backward()` before the step.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".step(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import torch


def train(model, x, opt):
    opt.zero_grad()
    loss = model(x).mean()
    opt.step()
    return loss.item()
"""
        ),
        Example(
            text="""\
import torch


def train(model, batches, optimizer):
    for x in batches:
        optimizer.zero_grad()
        loss = model(x).mean()
        print(float(loss.item()))
        optimizer.step()
"""
        ),
        Example(
            text="""\
import torch


def fit(self, x, y):
    self.optimizer.zero_grad()
    total_loss = self.criterion(self.model(x), y)
    self.optimizer.step()
"""
        ),
    ),
    good=(
        """\
import torch


def train(model, x, opt):
    opt.zero_grad()
    loss = model(x).mean()
    loss.backward()
    opt.step()
""",
        """\
import torch


def spread(loss):
    loss.backward()


def train(model, x, opt):
    opt.zero_grad()
    loss = model(x).mean()
    spread(loss)
    opt.step()
""",
        """\
import torch


def play(env, optimizer):
    optimizer.zero_grad()
    state = env.step(1)
    return state
""",
    ),
)
