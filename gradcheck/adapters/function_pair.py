"""Two functions: one that answers with a value, and the one that is its backward or its derivative."""

from __future__ import annotations

from gradcheck.cases.pairs.binding import bind
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.running.request import Request
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    return isinstance(request.evaluator.layer, FunctionPair)


def _bind(request: Request) -> Subject:
    return bind(request)


ADAPTER = Adapter(
    name="function_pair",
    summary="a function and its backward or derivative: affine_forward(x, w, b) and affine_backward(dout, cache)",
    recognises=_recognises,
    bind=_bind,
)
