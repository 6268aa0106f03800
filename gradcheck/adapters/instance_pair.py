"""One object with a forward and a backward that takes an upstream gradient, or one of each output."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np

from gradcheck.cases.gradients.binding import bind
from gradcheck.cases.gradients.parameters import answer
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.running.backward_plan import calling_of, unknown
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.request import Request
from gradcheck.cases.running.several_outputs import agrees, callings, items
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.errors import BuildError
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    layer = request.evaluator.layer
    return not request.is_loss and not kind_of(layer) and not isinstance(layer, FunctionPair)


def _bind(request: Request) -> Subject:
    try:
        calling = calling_of(request)
    except BuildError:  # raised again where places do not tell either
        with contextlib.suppress(Exception):  # whatever the user's backward raises, handed what it may not take
            return _by_place(request)
        with contextlib.suppress(Exception):  # the same
            return _by_items(request)
        raise
    if calling.takes_upstream:
        return _likeliest(request, calling)
    # `backward()` of an activation is its own derivative: the gradient for an upstream of ones.
    ones = np.ones_like(answer(request.evaluator, calling, {}, {}))
    subject = bind(request.identity, request.evaluator, calling, cotangent=ones)
    note = "backward takes no upstream gradient; it is compared as for one of ones"
    return dataclasses.replace(subject, notes=(*subject.notes, note))


def _by_place(request: Request) -> Subject:
    """Backward's arguments as upstream gradients whatever they are called, where forward has as many outputs.

    Raises:
        BuildError: Gradients do not agree so; what the arguments mean is then not known.
    """
    calling = calling_of(request, by_place=True)
    subject = _likeliest(request, calling) if calling.takes_upstream else None
    if subject is None or not agrees(subject):
        raise BuildError("what backward's arguments are is not told by their names")
    return subject


def _by_items(request: Request) -> Subject:
    """Backward's arguments as what forward answers beside its output.

    Raises:
        BuildError: Names do not say so and gradients do not agree so; what the arguments mean is then not known.
    """
    known, is_named = items(request, unknown(request))
    subject = _likeliest(request, calling_of(request, items=known))
    if not is_named and not agrees(subject):
        raise BuildError("what backward's arguments are is told neither by their names nor by their places")
    return subject


def _likeliest(request: Request, calling: Calling) -> Subject:
    """The first way of taking forward's answer under which backward runs; of several, the first that agrees."""
    bound: list[Subject] = []
    failure: Exception | None = None
    ways = list(callings(request, calling))
    for way in ways:
        try:
            subject = bind(request.identity, request.evaluator, way, forget_calls=request.forget_calls)
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; another way may fit
            failure = failure or error
            continue
        if len(ways) == 1 or agrees(subject):
            return subject
        bound.append(subject)
    if bound:
        return bound[0]
    raise failure or BuildError("backward takes no upstream gradient")


ADAPTER = Adapter(
    name="instance_pair",
    summary="an object with forward(x) and backward(upstream gradient), or one gradient per output",
    recognises=_recognises,
    bind=_bind,
)
