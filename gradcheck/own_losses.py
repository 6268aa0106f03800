"""Networks whose backward takes the target: the loss is found by value, and they are judged as a loss is."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.cases.gradients.own_loss import GRADIENT, TARGET, VALUE, Reading, asked, first, readings, with_loss
from gradcheck.cases.gradients.stabilisers import small_constants
from gradcheck.cases.guessing.construct import Construction, constructions
from gradcheck.cases.guessing.draws import draw
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.states.state import parts_of
from gradcheck.choosing import Accepted, Plan, Recipe, agrees, bound_or_prepared, request_of
from gradcheck.types import Array

#: Makes an object of a class as guessed.
Construct = Callable[[type, Construction, Plan], object]
#: Inputs to try on an object, with their positions among the guesses.
InputsOf = Callable[[object, Plan, Mapping[str, Any]], Iterator[tuple[int, Inputs]]]

#: Positions of inputs with a loss: this much times its number among the readings, counted from 1, plus the inputs'.
READING = 100_000
#: The loss is found by finite differences, and may have constants of its own that keep it finite: a gradient that
#: differs from the formula's by no more than single precision is that of the loss.
LOSS_PRECISION = float(np.finfo(np.float32).eps)
#: On how many inputs that forward takes all losses are tried.
MOST_INPUTS = 2


def find(
    cls: type, plan: Plan, recipe: Recipe | None, construct: Construct, inputs_of: InputsOf
) -> tuple[Accepted, Plan] | None:
    """A network whose backward takes the target, with the loss that its gradients are those of.

    None where backward takes an upstream gradient, or where no loss that was tried has its gradients: whether such a
    network is wrong or its loss another is not known.

    Args:
        cls: The class.
        plan: What is built.
        recipe: What an earlier, identical search found; only that is tried.
        construct: Makes an object of a class.
        inputs_of: The inputs to try on it.
    """
    if asked(cls, plan.forward, plan.backward) is None or (recipe is not None and recipe.inputs < READING):
        return None
    own = dataclasses.replace(plan, forward=VALUE, backward=GRADIENT)
    for position, construction in enumerate(constructions(cls, qualname=plan.identity.rpartition("::")[2])):
        if recipe is not None and position != recipe.construction:
            continue
        try:
            layer = construct(cls, construction, plan)
        except Exception:  # noqa: BLE001, S112 - the user's constructor may raise anything; the next guess may fit
            continue
        tried = 0
        for here, inputs, reading in _losses(layer, position, inputs_of(layer, plan, construction.arguments), plan):
            if recipe not in {None, here}:
                continue
            tried += 1
            network = construct(
                with_loss(cls, plan.forward, plan.backward, [*inputs.arguments], reading), construction, plan
            )
            found = _judged(network, construction, _with_target(inputs, reading, own), here, own, reading)
            if found is not None:
                return found, own
        if tried:
            break
    return None


def stabilisers(network: object, plan: Plan) -> tuple[float, ...]:
    """The small constants in the methods of a network and of what it is made of: its loss is among them."""
    with plan.environment():
        found = {
            constant
            for part in (network, *parts_of(network))
            for cls in type(part).__mro__[:-1]
            for name, member in vars(cls).items()
            if inspect.isfunction(member) and name not in {VALUE, GRADIENT}
            for constant in small_constants(part, name)
        }
    return tuple(sorted(found))


def _losses(
    layer: object, position: int, candidates: Iterator[tuple[int, Inputs]], plan: Plan
) -> Iterator[tuple[Recipe, Inputs, Reading]]:
    """Every loss on every input that forward takes."""
    for index, inputs, prediction in _taken(layer, candidates, plan):
        for number, reading in enumerate(readings(layer, prediction), 1):
            yield Recipe(construction=position, inputs=READING * number + index), inputs, reading


def _taken(layer: object, candidates: Iterator[tuple[int, Inputs]], plan: Plan) -> Iterator[tuple[int, Inputs, Array]]:
    """The first inputs that forward takes, and what it predicts."""
    evaluator = Evaluator(layer=layer, seed=plan.seed, environment=plan.environment)
    count = 0
    for index, inputs in candidates:
        if count >= MOST_INPUTS:
            return
        try:
            prediction = np.asarray(first(evaluator.run(functools.partial(_run, evaluator, plan.forward, inputs))))
        except Exception:  # noqa: BLE001, S112 - whatever forward raises, it does not take these inputs
            continue
        if prediction.dtype.kind == "f" and prediction.ndim and np.all(np.isfinite(prediction)):
            count += 1
            yield index, inputs, prediction


def _run(evaluator: Evaluator, method: str, inputs: Inputs) -> Any:
    return getattr(evaluator.copy(), method)(**copy.deepcopy(dict(inputs.arguments)))


def _with_target(inputs: Inputs, reading: Reading, plan: Plan) -> Inputs:
    """The inputs and a target for the loss; nothing but the parameters is differentiated by."""
    target = draw(reading.kind, reading.shape, TARGET, plan.seed)
    arguments = {**inputs.arguments, TARGET: target}
    return dataclasses.replace(
        inputs, arguments=arguments, differentiable=(), description=f"{described(arguments)} {reading.kind}"
    )


def _judged(
    network: object, construction: Construction, inputs: Inputs, recipe: Recipe, plan: Plan, reading: Reading
) -> Accepted | None:
    """The network on these inputs, None where its gradients are not those of the loss."""
    evaluator = Evaluator(layer=network, seed=plan.seed, environment=plan.environment)
    with contextlib.suppress(Exception):  # the user's code may raise anything; then this is not its loss
        value = evaluator.run(functools.partial(_run, evaluator, VALUE, inputs))
        if np.ndim(value) or not np.isfinite(value):
            return None
        subject = bound_or_prepared(request_of(network, inputs, plan))
        if not agrees(subject):
            return None
        note = f"backward takes the target itself; its gradients are compared with those of {reading.words}"
        subject = dataclasses.replace(
            subject, notes=(*subject.notes, note), precision=max(subject.precision, LOSS_PRECISION)
        )
        return Accepted(subject=subject, layer=network, construction=construction, inputs=inputs, recipe=recipe)
    return None
