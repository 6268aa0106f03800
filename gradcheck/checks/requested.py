"""Whichever gradients are asked for, each is the same: backward may leave out what `needs_input_grad` says, no more."""

from __future__ import annotations

from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.agreement import gradient_differences
from gradcheck.cases.torch.program import TorchSubject
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import draw_cotangents
from gradcheck.types import Check, CheckResult, Context, Outcome


def examine(context: Context) -> CheckResult:
    """Ask for each gradient alone, then for all but it, and compare with those of one backward that gives all."""
    subject, name = context.case.subject, short_name(context)
    if not isinstance(subject, TorchSubject) or len(subject.primals) < 2:
        return result(context, "requested", Outcome.NOT_APPLICABLE, "there is only one gradient to ask for")
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    try:
        whole = vjp(y_bar).gradients
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        reason = f"backward raises {type(error).__name__}; see contract"
        return result(context, "requested", Outcome.NOT_APPLICABLE, reason)
    names = list(whole)
    compared = 0
    # Of two inputs, all but one is the other alone.
    subsets = [[n] for n in names] + ([[n for n in names if n != left] for left in names] if len(names) > 2 else [])
    for wanted in subsets:
        told = " and ".join(f"`{n}`" for n in wanted)
        try:
            with subject.program.running():
                run = subject.program.run(subject.primals, wanted=wanted)
                found = subject.program.pull(run, y_bar).found
        except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; that is the finding
            headline = f"{name}: asked for the gradient of {told} alone, it raises {type(error).__name__}"
            hint = [one_line(error, ""), "ctx.needs_input_grad says which gradients are asked for"]
            return result(context, "requested", Outcome.FAILED, headline, compared=compared + 1, hint=hint)
        compared += 1
        wrong, mismatches = gradient_differences(subject, {n: whole[n] for n in wanted}, found)
        if wrong:
            what = "differs" if mismatches else "is missing"
            headline = f"{name}: gradient of `{wrong}` {what} when only {told} is asked for"
            hint = ["backward may test the wrong entry of ctx.needs_input_grad, or skip work another gradient needs"]
            return result(
                context, "requested", Outcome.FAILED, headline, compared=compared, mismatches=mismatches, hint=hint
            )
    headline = f"{name}: each gradient is the same whichever others are asked for"
    return result(context, "requested", Outcome.PASSED, headline, compared=compared)


CHECK = Check(
    name="requested",
    summary="each gradient is the same whichever others are asked for",
    examine=examine,
)
