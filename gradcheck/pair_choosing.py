"""Which of the inputs of a pair it is judged on: where it runs, where its backward raises, where it is one column."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator

import numpy as np

from gradcheck.cases.guessing.construct import Construction
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.pairs.binding import AGREEMENT, Rebinding, along, crashing
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.pairs.roles import is_operand, is_parameter
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import array_of
from gradcheck.choosing import Accepted, Plan, Recipe, agrees, bound, choose, request_of
from gradcheck.reshaping import as_answered, reshaped
from gradcheck.types import Subject

#: Inputs on which a backward that raises is tried again.
MOST_CRASHES = 6


def accepted(
    layer: FunctionPair,
    construction: Construction,
    position: int,
    tried: Iterator[tuple[int, Inputs]],
    plan: Plan,
    *,
    is_known: bool,
) -> tuple[Accepted | None, str]:
    """The input that a pair is judged on, else the first of those on which its backward raises, else why there is none.

    Backward must raise on each that forward takes, and on several: one alone may be a layout that forward takes by
    accident. A crash that an earlier search settled needs no second.
    """
    kept: list[tuple[int, Inputs]] = []
    found, refused = choose(layer, construction, position, _noting(tried, kept), plan)
    if found is not None:
        found = as_answered(found, _answered(found), plan) or found
        return _per_column(found, plan) or reshaped(found, plan) or found, ""
    crashed = []
    for index, inputs in kept:
        if not runs(layer, inputs, plan):
            continue
        subject = crashing(request_of(layer, inputs, plan), plan.root)
        if subject is None:
            return None, refused
        recipe = Recipe(construction=position, inputs=index)
        crashed.append(Accepted(subject=subject, layer=layer, construction=construction, inputs=inputs, recipe=recipe))
    return (crashed[0] if len(crashed) > 1 or (crashed and is_known) else None), refused


def _answered(found: Accepted) -> dict[str, tuple[int, ...]]:
    """The shapes of gradients that fit no guess: of operands, and of parameters that were guessed to be one number.

    Another parameter has the shape it is guessed, or the sum that is missing in its gradient would go unseen.
    """
    rebind, arguments = found.subject.rebind, found.inputs.arguments
    odd = rebind.reading.unmatched if isinstance(rebind, Rebinding) else {}
    return {
        name: shape
        for name, shape in odd.items()
        if not is_parameter(name)
        or is_operand(name, found.inputs.differentiable)
        or (np.ndim(array_of(arguments, name)) == 0 and len(shape) == 1)
    }


def _noting(tried: Iterator[tuple[int, Inputs]], kept: list[tuple[int, Inputs]]) -> Iterator[tuple[int, Inputs]]:
    """The same, the first of them kept."""
    for one in tried:
        if len(kept) < MOST_CRASHES:
            kept.append(one)
        yield one


def runs(layer: FunctionPair, inputs: Inputs, plan: Plan) -> bool:
    """Whether forward takes the inputs."""
    evaluator = Evaluator(layer=layer, seed=plan.seed, environment=plan.environment)
    try:
        evaluator.run(lambda: evaluator.copy().answer(copy.deepcopy(dict(inputs.arguments))))
    except Exception:  # noqa: BLE001 - whatever the user's forward raises, it does not take these inputs
        return False
    return True


def _per_column(found: Accepted, plan: Plan) -> Accepted | None:
    """A loss of one answer a row whose gradient is off by the number of columns where there are several.

    It divides by the rows alone, and is right for what it is for; None where that is not what is the matter.
    """
    subject = found.subject
    name, x = next(iter(subject.primals.items()))
    # Of one column the factor is none, and everything is off by it.
    if len(subject.primals) != 1 or x.ndim != 2 or x.shape[1] == 1:
        return None
    if not _is_off_by(subject, name, float(x.shape[1]), plan.seed):
        return None
    single = {
        n: v[:, :1] if isinstance(v, np.ndarray) and v.shape == x.shape else v
        for n, v in found.inputs.arguments.items()
    }
    inputs = dataclasses.replace(found.inputs, arguments=single, description=described(single))
    try:
        other = bound(request_of(found.layer, inputs, plan))
    except Exception:  # noqa: BLE001 - it may refuse a column, for whatever reason; then the matrix speaks
        return None
    if not agrees(other):
        return None
    note = f"right for one answer a row; for {x.shape[1]} columns its gradient is off by that factor"
    return dataclasses.replace(found, subject=dataclasses.replace(other, notes=(*other.notes, note)), inputs=inputs)


def _is_off_by(subject: Subject, name: str, factor: float, seed: int) -> bool:
    """Whether the gradient of a number is a factor, or its inverse, times the true one, along two directions."""
    y, vjp = subject.value_and_vjp(subject.primals)
    try:
        gradient = vjp(np.ones_like(y)).gradients.get(name)
    except Exception:  # noqa: BLE001 - a backward that raises is off by nothing; the contract check tells it
        return False
    if y.size != 1 or gradient is None or gradient.shape != subject.primals[name].shape:
        return False
    ratios = []
    for trial in range(2):
        expected, actual = along(subject, name, np.ones_like(y), gradient, seed + trial)
        ratios.append(actual / expected if expected else 0.0)
    return any(all(abs(ratio - one) <= AGREEMENT * one for ratio in ratios) for one in (factor, 1.0 / factor))
