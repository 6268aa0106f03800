"""An nn.Module: autograd's own gradients of its forward, by the inputs and by every parameter that is not frozen."""

from __future__ import annotations

from typing import Any

from gradcheck.cases.running.request import Request
from gradcheck.cases.torch.binding import bind
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.types import Adapter, Subject


def _recognises(request: Request) -> bool:
    return kind_of(request.evaluator.layer) == "module"


def _bind(request: Request) -> Subject:
    module: Any = request.evaluator.layer
    trained = [n for n, p in module.named_parameters() if p.requires_grad and p.is_floating_point() and p.numel()]
    return bind(request, trained)


ADAPTER = Adapter(
    name="torch_module",
    summary="an nn.Module, differentiated by torch's autograd",
    recognises=_recognises,
    bind=_bind,
)
