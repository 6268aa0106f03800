"""Which of the inputs of a pair it is judged on: where it runs, where its backward raises, where it is one column."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.cases.guessing.construct import Construction
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.pairs.binding import AGREEMENT, Rebinding, along, crashing
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.pairs.matrices import combined, operands
from gradcheck.cases.pairs.roles import is_operand, is_parameter
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import array_of
from gradcheck.choosing import Accepted, Plan, Recipe, agrees, bound, choose, misshapen, request_of
from gradcheck.judging import probing
from gradcheck.reshaping import as_answered, reshaped
from gradcheck.types import Profile, Subject

#: Inputs on which a backward that raises is tried again.
MOST_CRASHES = 6
#: How far inputs are moved, relative to their magnitude, to see whether forward moves with them.
STILL = 1e-3


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
        if _is_misfit(found):
            found = _of_matrices(layer, construction, [(found.recipe, found.inputs)], plan) or found
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
    guesses = [(Recipe(construction=position, inputs=index), inputs) for index, inputs in kept]
    other = _of_matrices(layer, construction, guesses, plan)
    if other is not None:
        return other, ""
    return (crashed[0] if len(crashed) > 1 or (crashed and is_known) else None), refused


def _is_misfit(found: Accepted) -> bool:
    """Whether a gradient fits its operand badly, or one is wrong where a letter was given a number beside arrays.

    A gradient of a weight, a bias or a scale that has the answer's shape lacks its sum: that is for the check to tell.
    """
    subject, names = found.subject, operands(found.inputs)
    if not names:
        return False
    try:
        shapes, y = _misfits(found), subject.value(subject.primals)
        lacking = [name for name, shape in shapes.items() if shape == y.shape and is_parameter(name)]
        # Beside data or a weight `b` is a bias; of `a` and `b` it is the other operand.
        if any(name == "x" or (is_parameter(name) and name not in lacking) for name in names) and lacking:
            return False
        return bool(shapes) or misshapen(subject) > 0 or (set(names) > set(subject.primals) and not agrees(subject))
    except Exception:  # noqa: BLE001 - a backward that raises here is told by the contract check, or fits elsewhere
        return True


def _misfits(found: Accepted) -> dict[str, tuple[int, ...]]:
    """The shapes of the gradients that are not their operands'."""
    subject = found.subject
    y, vjp = subject.value_and_vjp(subject.primals)
    gradients = vjp(np.ones_like(y) if subject.cotangent is None else subject.cotangent).gradients
    odd = {name: one.shape for name, one in gradients.items() if one.shape != subject.primals[name].shape}
    return odd | dict(subject.rebind.reading.unmatched if isinstance(subject.rebind, Rebinding) else {})


def _fewer(found: Accepted) -> dict[str, tuple[int, ...]]:
    """The shapes of the gradients that have fewer entries than what is given, of as many axes."""
    shapes = {name: x.shape for name, x in found.subject.primals.items()}
    return {
        name: shape
        for name, shape in _misfits(found).items()
        if len(shape) == len(shapes.get(name, ())) and all(1 < n <= m for n, m in zip(shape, shapes[name], strict=True))
    }


def _of_matrices(
    layer: FunctionPair, construction: Construction, guesses: Sequence[tuple[Recipe, Inputs]], plan: Plan
) -> Accepted | None:
    """The pair on the first matrices that forward takes and every gradient of which fits, where all are right.

    The first that fit decide: a search for shapes on which a wrong gradient looks right would find them.
    """
    seen: set[tuple[str, ...]] = set()
    for recipe, inputs in guesses:
        names = tuple(operands(inputs))
        for one in combined(inputs, plan.seed) if names not in seen else ():
            if not runs(layer, one, plan):
                continue
            try:
                subject = bound(request_of(layer, one, plan))
                found = Accepted(subject=subject, layer=layer, construction=construction, inputs=one, recipe=recipe)
                fewer = _fewer(found)
                found = as_answered(found, _answered(found) | fewer, plan) or found
                found = dataclasses.replace(found, is_cut=bool(fewer))
                # A constant beside them, such as an adjacency, may have no gradient.
                fits = len(found.subject.primals) >= len(names) - 1 and not misshapen(found.subject)
            except Exception:  # noqa: BLE001 - backward may refuse what forward takes: then it is not meant
                fits = False
            if fits:
                return found if agrees(found.subject) else None
        seen.add(names)
    return None


def stands_still(subject: Subject) -> bool:
    """Whether every gradient is zero and forward does not move either: every rectifier shut, nothing to compare."""
    try:
        point = probing.point_of(subject, 0, Profile.FAST)
    except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
        return False
    if any(np.any(gradient) for gradient in point.gradients[0].values()):
        return False
    step = probing.tangents(subject, list(subject.primals), 0, "still")
    moved = {name: x + STILL * step[name] for name, x in subject.primals.items()}
    return np.array_equal(subject.value(moved), point.y, equal_nan=True)


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
