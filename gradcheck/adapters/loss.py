"""A loss: forward of a prediction and a target, backward with or without arguments.

Roles come from the names of the arguments, not from their position: position is wrong in three of 24 surveyed
repositories. A loss that answers with one number per sample leaves open whether its gradient is that of their sum
or of their mean; whichever agrees with forward is its convention.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from gradcheck.cases.gradients.binding import bind
from gradcheck.cases.gradients.parameters import answer
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.running.backward_plan import calling_of
from gradcheck.cases.running.request import Request
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.numerics import sampling, steps
from gradcheck.numerics.stencils import evaluate
from gradcheck.types import Adapter, Subject

#: Relative agreement that decides between sum and mean, which differ by the number of samples.
AGREEMENT = 1.0e-3


def _recognises(request: Request) -> bool:
    layer = request.evaluator.layer
    return request.is_loss and not kind_of(layer) and not isinstance(layer, FunctionPair)


def _bind(request: Request) -> Subject:
    calling = calling_of(request)
    if calling.takes_upstream:
        return bind(request.identity, request.evaluator, calling)
    ones = np.ones_like(answer(request.evaluator, calling, {}, {}))
    subject = bind(request.identity, request.evaluator, calling, cotangent=ones)
    return _reduced(subject)


def _reduced(subject: Subject) -> Subject:
    """Sum or mean over the answers of a loss that gives one per sample, decided by value."""
    ones = subject.cotangent
    if ones is None or ones.size == 1:
        return subject
    y, vjp = subject.value_and_vjp(subject.primals)
    name, x = next(iter(subject.primals.items()))
    gradient = vjp(ones).gradients.get(name)
    if gradient is None or gradient.shape != x.shape:
        return subject
    tangent = sampling.direction(sampling.generator(0, "reduction"), x, steps.magnitude(x))
    stencil = evaluate(
        lambda t: subject.value({**subject.primals, name: x + t * tangent}), steps.stencil_step(subject.noise), y
    )
    total = float(np.sum(stencil.derivative()))
    actual = float(np.sum(gradient * tangent))
    for reduction, weight in (("sum", 1.0), ("mean", 1.0 / ones.size), ("mean over the batch", 1.0 / ones.shape[0])):
        if abs(actual - weight * total) <= AGREEMENT * abs(weight * total):
            note = f"the loss answers per sample; its gradient is that of the {reduction}"
            return dataclasses.replace(subject, cotangent=ones * weight, notes=(*subject.notes, note))
    return subject


ADAPTER = Adapter(
    name="loss",
    summary="a loss with forward(prediction, target)",
    recognises=_recognises,
    bind=_bind,
)
