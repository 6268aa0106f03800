"""A torch.autograd.Function, driven by `apply`: forward with ctx or with setup_context, and the backward beside it."""

from __future__ import annotations

from gradcheck.cases.running.request import Request
from gradcheck.cases.torch.binding import bind
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    return kind_of(request.evaluator.layer) == "function"


def _bind(request: Request) -> Subject:
    return bind(request)


ADAPTER = Adapter(
    name="torch_function",
    summary="a torch.autograd.Function, called by apply",
    recognises=_recognises,
    bind=_bind,
)
