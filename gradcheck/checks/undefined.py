"""An output that nobody used has no upstream gradient: backward then answers as for one of zeros."""

from __future__ import annotations

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.agreement import gradient_differences
from gradcheck.cases.torch.program import Run, TorchSubject
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import draw_cotangents
from gradcheck.types import Array, Check, CheckResult, Context, Outcome


def examine(context: Context) -> CheckResult:
    """For each of several outputs, leave the upstream gradients of the others undefined, and compare with zeros."""
    subject, name = context.case.subject, short_name(context)
    if not isinstance(subject, TorchSubject):
        return result(context, "undefined", Outcome.NOT_APPLICABLE, "it is no torch function")
    program = subject.program
    with program.running():
        first = program.run(subject.primals)
    y, vjp = subject.value_and_vjp(subject.primals)
    outputs = len(first.differentiable)
    if outputs < 2:
        return result(context, "undefined", Outcome.NOT_APPLICABLE, "forward has one differentiable output")
    y_bar = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    for place in range(outputs):
        zeroed = _only(first, place, y_bar)
        try:
            expected = vjp(zeroed).gradients
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
            reason = f"backward raises {type(error).__name__}; see contract"
            return result(context, "undefined", Outcome.NOT_APPLICABLE, reason)
        try:
            with program.running():
                found = program.pull(program.run(subject.primals), y_bar, only=place).found
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
            headline = f"{name}: backward raises {type(error).__name__} where only output {place} is used"
            hint = [one_line(error, ""), "with set_materialize_grads(False) an unused output's gradient is None"]
            return result(context, "undefined", Outcome.FAILED, headline, compared=place + 1, hint=hint)
        # A gradient that is zero may be left out: to autograd None is zero.
        needed = {n: gradient for n, gradient in expected.items() if np.any(gradient) or n in found}
        wrong, mismatches = gradient_differences(subject, needed, found)
        if wrong:
            headline = f"{name}: gradient of `{wrong}` is another where only output {place} is used"
            hint = ["expected: backward with zeros for the outputs not used; actual: with none"]
            return result(
                context, "undefined", Outcome.FAILED, headline, compared=place + 1, mismatches=mismatches, hint=hint
            )
    headline = f"{name}: each of its {outputs} outputs may be left unused"
    return result(context, "undefined", Outcome.PASSED, headline, compared=outputs)


def _only(run: Run, place: int, y_bar: Array) -> Array:
    """The upstream gradient with zeros for all differentiable outputs but one."""
    kept = np.zeros(y_bar.size)
    start, seen = 0, -1
    for output in run.outputs:
        seen += bool(output.requires_grad)
        if output.requires_grad and seen == place:
            kept[start : start + output.numel()] = y_bar.ravel()[start : start + output.numel()]
        start += output.numel()
    return kept.reshape(y_bar.shape)


CHECK = Check(
    name="undefined",
    summary="an unused output's undefined upstream gradient counts as zeros",
    examine=examine,
)
