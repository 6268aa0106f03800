"""The same numbers in another order of memory give the same answer and the same gradients.

Autograd hands over transposed and expanded tensors: `y.sum().backward()` makes an upstream gradient of one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.agreement import differences, gradient_differences
from gradcheck.cases.torch.program import Arrangement, TorchSubject, as_it_is
from gradcheck.cases.torch.tensors import joined
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import draw_cotangents
from gradcheck.types import Array, Check, CheckResult, Context, Outcome


def examine(context: Context) -> CheckResult:
    """Hand over strided and transposed inputs, then strided, transposed and expanded upstream gradients."""
    subject, name = context.case.subject, short_name(context)
    if not isinstance(subject, TorchSubject):
        return result(context, "memory_layout", Outcome.NOT_APPLICABLE, "it is no torch function")
    y, vjp = subject.value_and_vjp(subject.primals)
    drawn = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    compared, notes = 0, []
    for told, inputs, upstream, y_bar in _trials(y, drawn):
        try:
            expected = vjp(y_bar).gradients
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
            reason = f"backward raises {type(error).__name__}; see contract"
            return result(context, "memory_layout", Outcome.NOT_APPLICABLE, reason)
        with subject.program.running():
            try:
                run = subject.program.run(subject.primals, arrange=inputs)
            except Exception as error:  # noqa: BLE001 - a refusal is an answer: nothing wrong comes of it
                notes.append(f"forward refuses {told}: {one_line(error, '')}")
                continue
            compared += 1
            if found := differences(subject, "output", y, joined(run.outputs)):
                headline = f"{name}: forward answers otherwise on {told}"
                hint = ["forward may read memory as if it were contiguous; x = x.contiguous() helps"]
                return result(
                    context, "memory_layout", Outcome.FAILED, headline, compared=compared, mismatches=found, hint=hint
                )
            try:
                actual = subject.program.pull(run, y_bar, arrange=upstream).found
            except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
                headline = f"{name}: backward raises {type(error).__name__} on {told}"
                hint = [one_line(error, ""), "reshape instead of view, or grad_output.contiguous(), helps"]
                return result(context, "memory_layout", Outcome.FAILED, headline, compared=compared, hint=hint)
        wrong, mismatches = gradient_differences(subject, expected, actual)
        if wrong:
            headline = f"{name}: gradient of `{wrong}` is another on {told}"
            hint = ["backward may read memory as if it were contiguous, or write into an expanded tensor"]
            return result(
                context, "memory_layout", Outcome.FAILED, headline, compared=compared, mismatches=mismatches, hint=hint
            )
    if not compared:
        return result(context, "memory_layout", Outcome.NOT_APPLICABLE, notes[0] if notes else "nothing to arrange")
    headline = f"{name}: the order of its tensors in memory does not matter"
    return result(context, "memory_layout", Outcome.PASSED, headline, compared=compared, notes=notes)


def _trials(y: Array, drawn: Array) -> Iterator[tuple[str, Arrangement, Arrangement, Array]]:
    """What is tried: in words, the inputs' arrangement, the upstream gradient's, the upstream gradient."""
    yield "strided inputs", _strided, as_it_is, drawn
    yield "transposed inputs", _transposed, as_it_is, drawn
    yield "a strided upstream gradient", as_it_is, _strided, drawn
    yield "a transposed upstream gradient", as_it_is, _transposed, drawn
    if y.size > 1:
        yield "an expanded upstream gradient, as y.sum().backward() makes it", as_it_is, _expanded, np.ones(y.shape)


def _strided(tensor: Any) -> Any:
    """Every second number of a tensor twice as long."""
    import torch

    return torch.stack([tensor, tensor], dim=-1)[..., 0] if tensor.is_floating_point() else tensor


def _transposed(tensor: Any) -> Any:
    if tensor.dim() < 2 or not tensor.is_floating_point():
        return tensor
    return tensor.transpose(-1, -2).contiguous().transpose(-1, -2)


def _expanded(tensor: Any) -> Any:
    return tensor.reshape(-1)[:1].reshape(()).expand(tensor.shape) if tensor.numel() else tensor


CHECK = Check(
    name="memory_layout",
    summary="strided, transposed and expanded tensors give the same answer and gradients",
    examine=examine,
)
