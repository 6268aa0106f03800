"""Forward writes into its input only where it says so, backward never writes into what it is handed."""

from __future__ import annotations

from gradcheck.cases.torch.binding import UPSTREAM
from gradcheck.cases.torch.program import TorchSubject
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import draw_cotangents
from gradcheck.types import Check, CheckResult, Context, Outcome


def examine(context: Context) -> CheckResult:
    """Compare inputs and upstream gradient before and after."""
    subject, name = context.case.subject, short_name(context)
    if not isinstance(subject, TorchSubject):
        return result(context, "in_place", Outcome.NOT_APPLICABLE, "it is no torch function")
    if written := _written_by_forward(subject):
        headline = f"{name}: forward writes into `{written}` and does not say so"
        hint = ("ctx.mark_dirty tells autograd; without it, earlier users of the tensor get wrong gradients",)
        return result(context, "in_place", Outcome.FAILED, headline, compared=1, hint=hint)
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    try:
        changed = vjp(y_bar).changed
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        headline = (
            f"{name}: forward leaves its inputs as they are; backward raises {type(error).__name__}, see contract"
        )
        return result(context, "in_place", Outcome.PASSED, headline, compared=1)
    if UPSTREAM in changed:
        headline = f"{name}: backward writes into its upstream gradient"
        hint = ("autograd hands the same tensor to other branches: in f(x) + x the gradient of x is then wrong",)
        return result(context, "in_place", Outcome.FAILED, headline, compared=2, hint=hint)
    headline = f"{name}: inputs and upstream gradient are left as they are"
    return result(context, "in_place", Outcome.PASSED, headline, compared=2)


def _written_by_forward(subject: TorchSubject) -> str:
    """The first input that forward changed without `mark_dirty`, or "".

    A tensor that is marked comes back from `apply` as the very object that was handed over.
    """
    program = subject.program
    with program.running():
        run = program.run(subject.primals)
        for name, leaf in run.leaves.items():
            tensor = run.given[name]
            is_marked = any(tensor is output for output in run.outputs)
            if not is_marked and not tensor.equal(leaf):
                return name
    return ""


CHECK = Check(
    name="in_place",
    summary="inputs and upstream gradient are left as they are, or marked dirty",
    examine=examine,
)
