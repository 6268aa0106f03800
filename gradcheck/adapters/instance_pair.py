"""One object with a forward and a backward that takes one upstream gradient."""

from __future__ import annotations

import dataclasses

import numpy as np

from gradcheck.cases.backward_plan import calling_of
from gradcheck.cases.binding import bind
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.parameters import answer
from gradcheck.cases.request import Request
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    layer = request.evaluator.layer
    return not request.is_loss and not kind_of(layer) and not isinstance(layer, FunctionPair)


def _bind(request: Request) -> Subject:
    calling = calling_of(request)
    if calling.takes_upstream:
        return bind(request.identity, request.evaluator, calling, forget_calls=request.forget_calls)
    # `backward()` of an activation is its own derivative: the gradient for an upstream of ones.
    ones = np.ones_like(answer(request.evaluator, calling, {}, {}))
    subject = bind(request.identity, request.evaluator, calling, cotangent=ones)
    note = "backward takes no upstream gradient; it is compared as for one of ones"
    return dataclasses.replace(subject, notes=(*subject.notes, note))


ADAPTER = Adapter(
    name="instance_pair",
    summary="an object with forward(x) and backward(upstream gradient)",
    recognises=_recognises,
    bind=_bind,
)
