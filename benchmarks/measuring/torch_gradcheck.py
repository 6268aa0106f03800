"""torch.autograd.gradcheck with its shipped defaults, around the same NumPy layer.

The layer is wrapped the way a person would wrap it: a torch.autograd.Function on float64 tensors whose forward and
backward call the layer, with every input and every parameter handed over as an input of the function.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.types import Case, Subject
from measuring.tool import Tool, Verdict


def tools() -> tuple[Tool, ...]:
    """The slow mode, which is the default one, and the fast mode."""
    return (
        Tool(name="torch gradcheck, slow", judge=_judge(fast=False), exhaustive=True),
        Tool(name="torch gradcheck, fast", judge=_judge(fast=True)),
    )


def _judge(*, fast: bool) -> Callable[[Case], Verdict]:
    def judge(case: Case) -> Verdict:
        import torch

        subject = case.subject
        function = wrapped(subject)
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in subject.primals.values()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.autograd.gradcheck(function, tuple(tensors), fast_mode=fast)  # raises on a mismatch
        return Verdict.RIGHT

    return judge


def wrapped(subject: Subject) -> Callable[..., Any]:
    """The subject as a differentiable function of one tensor per primal, in the subject's order."""
    import torch

    names = list(subject.primals)

    class Layer(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, *tensors: Any) -> Any:
            primals = {name: t.detach().numpy().copy() for name, t in zip(names, tensors, strict=True)}
            y, context.vjp = subject.value_and_vjp(primals)
            # A loss whose backward takes no upstream gradient is one number, differentiated by 1.
            answer = y if subject.cotangent is None else np.sum(y * subject.cotangent)
            return torch.tensor(answer, dtype=torch.float64)

        @staticmethod
        def backward(context: Any, upstream: Any) -> Any:
            given = upstream.numpy().copy() if subject.cotangent is None else subject.cotangent
            factor = 1.0 if subject.cotangent is None else float(upstream)
            gradients = context.vjp(given).gradients
            # A gradient that the layer does not leave behind is None, torch's word for zero.
            found = (np.asarray(gradients[n]) * factor if n in gradients else None for n in names)
            return tuple(None if g is None else torch.tensor(g) for g in found)

    return Layer.apply  # type: ignore[no-any-return, no-untyped-call] # torch is unannotated here
