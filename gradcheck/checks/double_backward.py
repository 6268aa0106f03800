"""The gradient of the gradient: for G(x, v) = J(x)^T v, autograd of backward against finite differences of backward.

A backward that works on `.data`, on NumPy arrays or on values that forward left on ctx is cut off from the graph:
gradient penalties and Hessians then come out wrong, and nothing says so. `once_differentiable` says so.
"""

from __future__ import annotations

import numpy as np

from gradcheck.cases.declaring.expectations import FIRST_ORDER
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.program import TorchSubject
from gradcheck.cases.torch.second import UPSTREAM, gradient_of
from gradcheck.judging import locating, probing
from gradcheck.judging.judge import judge
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import Point
from gradcheck.types import Check, CheckResult, Context, Outcome, Profile, Quantity, Subject

#: The oracle: nothing else knows the derivative of a hand-written backward.
ORACLE = "finite_difference"
REMEDY = (
    "backward may use .data, NumPy, or values kept on ctx instead of save_for_backward",
    "where second derivatives are not meant: @once_differentiable, or expect = 'first-order'",
)


def examine(context: Context) -> CheckResult:
    """Differentiate backward by every input and by its upstream gradient."""
    subject = context.case.subject
    if not isinstance(subject, TorchSubject):
        return result(context, "double_backward", Outcome.NOT_APPLICABLE, "it is no torch function")
    if context.expect == FIRST_ORDER:
        return result(context, "double_backward", Outcome.NOT_APPLICABLE, "first derivatives only, as declared")
    second = _second(context, subject)
    if isinstance(second, str):
        return result(context, "double_backward", Outcome.NOT_APPLICABLE, second)
    oracle = context.oracles[ORACLE]
    if refusal := oracle.unavailable(second.subject):
        return result(context, "double_backward", Outcome.INCONCLUSIVE, f"no oracle can judge it: {refusal}")
    names = list(second.gradients[0])
    judgement = judge(second, names, oracle, context.case.seed, context.profile)
    quantities = judgement.quantities
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    outcome = Outcome.PASSED
    headline = f"{short_name(context)}: second derivatives agree with finite differences of backward"
    if failed:
        outcome, headline = Outcome.FAILED, f"{short_name(context)}: {_story(failed, second)}"
    elif all(q.outcome is Outcome.INCONCLUSIVE for q in quantities):
        outcome, headline = Outcome.INCONCLUSIVE, quantities[0].reason
    return result(
        context,
        "double_backward",
        outcome,
        headline,
        compared=judgement.compared,
        oracle=oracle.name,
        quantities=quantities,
        mismatches=locating.worst(judgement.located),
        hint=REMEDY if failed else (),
    )


def _second(context: Context, subject: TorchSubject) -> Point | str:
    """The gradient of the gradient at the point of the check, or why there is none."""
    try:
        y, vjp = subject.value_and_vjp(subject.primals)
        first = vjp(probing.draw_cotangents(subject, y, context.case.seed, context.profile)[0]).gradients
        if not _is_derivative(context, subject):
            return "backward is no derivative of forward to begin with; see gradient"
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        return f"backward raises {type(error).__name__}; see contract"
    if not any(np.any(gradient) for gradient in first.values()):
        return "every first gradient is zero here"
    try:
        second = gradient_of(subject, list(first), y)
        if second is None:
            return "backward is marked once_differentiable"
        return probing.point_of(second, context.case.seed, context.profile)
    except Exception as error:  # noqa: BLE001 - torch refuses aloud: nothing wrong comes of it
        return f"backward cannot be differentiated, and torch says so: {one_line(error, '')}"


def _is_derivative(context: Context, subject: Subject) -> bool:
    """Whether backward agrees with forward along one direction: else what follows from it is wrong as well."""
    point = probing.point_of(subject, context.case.seed, Profile.FAST)
    direction = probing.tangents(subject, list(point.gradients[0]), context.case.seed, "first")
    _, rows = probing.take(point, [direction], context.oracles[ORACLE])
    return not any(probe.disagrees for probe in rows[0])


def _story(failed: list[Quantity], second: Point) -> str:
    if any(not np.any(second.gradients[0][q.name]) for q in failed):
        return "backward is silently cut off from the graph; second derivatives are zero"
    first = failed[0].name
    what = "the upstream gradient" if first == UPSTREAM else f"`{first}`"
    return f"second derivative by {what} is wrong, and nothing would say so"


CHECK = Check(
    name="double_backward",
    summary="the gradient of the gradient agrees with finite differences of backward",
    examine=examine,
)
