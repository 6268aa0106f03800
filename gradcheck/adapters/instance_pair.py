"""One object with a forward and a backward that takes one upstream gradient."""

from __future__ import annotations

from gradcheck.cases.backward_plan import plan
from gradcheck.cases.binding import Request, bind
from gradcheck.cases.calling import Calling
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    return not request.is_loss


def _bind(request: Request) -> Subject:
    method = getattr(request.evaluator.layer, request.backward)
    arguments, rate = plan(method, request.arguments, request.differentiable, is_loss=False)
    calling = Calling(
        forward=request.forward,
        backward=request.backward,
        arguments=request.arguments,
        differentiable=request.differentiable,
        plan=arguments,
        learning_rate=rate,
    )
    return bind(request.identity, request.evaluator, calling)


ADAPTER = Adapter(
    name="instance_pair",
    summary="an object with forward(x) and backward(upstream gradient)",
    recognises=_recognises,
    bind=_bind,
)
