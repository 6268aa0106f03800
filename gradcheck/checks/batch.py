"""A batch is its rows: where forward treats them apart, backward must too.

Experiment: forward of the first row alone and of the others alone, put together, is forward of the batch (or, for a
loss with one answer, their sum, or their mean weighted by the rows). Then, to rounding,

    x_bar of the batch = the x_bar of the parts, put together        W_bar of the batch = the sum of those of the parts

A layer whose forward mixes rows (batch normalisation) is recognised by the same experiment and is not compared.
Forward of the rows in another order must be the outputs in that order; then so must the gradients.
A parameter's gradient that is divided by the number of rows throughout is a convention, which `gradient` names.
Values of forward that agree do not prove derivatives that do, so finite differences at the smaller batch must agree
that its gradient is wrong before anything fails.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from gradcheck.driving.earlier import agreeing, nothing_to_compare_with
from gradcheck.driving.moments import called_once, upstream_of
from gradcheck.driving.rows import Rows, rows_of
from gradcheck.driving.splitting import reordered, split, taken, unlike
from gradcheck.judging import locating
from gradcheck.judging.judge import judge
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import point_of
from gradcheck.types import Check, CheckResult, Context, Mismatch, Oracle, Outcome, Profile

NAME = "batch"


def examine(context: Context) -> CheckResult:
    """Compare the gradients of the batch with those of its parts, and with those of its rows in another order."""
    rows, subject, layer = rows_of(context.case), context.case.subject, short_name(context)
    if rows is None or subject.drive is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "there is no batch to take apart")
    if nothing_to_compare_with(context, ["gradient"]):
        return result(context, NAME, Outcome.NOT_APPLICABLE, "nothing to compare with; see gradient")
    everything = range(rows.count)
    whole = rows.moment(everything, upstream_of(context, "cotangent 0"))
    if whole is None or not whole.gradients:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    parts = split(subject, rows, whole)
    if parts is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "forward mixes the rows of a batch, or takes no other")
    told = ["the gradient of a batch is that of its rows"]
    wrong = unlike(subject, rows, parts)
    compared = len(whole.gradients)
    if not wrong and context.profile is not Profile.FAST:
        order = list(everything)[::-1]
        turned = rows.moment(order, lambda _: taken(whole, rows, order))
        off = reordered(subject, rows, whole, turned, order) if turned is not None else None
        if off is not None:
            compared += len(whole.gradients)
            told.append("rows in another order have their gradients in that order")
            if off:
                return _judged(context, rows, order, off, f"{layer}: with its rows in another order")
    if wrong:
        smaller = min(parts.rows, key=len)
        return _judged(context, rows, smaller, wrong, f"{layer}: for a batch of {len(smaller)}")
    headline = f"{layer}: {told[0]}"
    return result(context, NAME, Outcome.PASSED, headline, compared=compared, table=told[1:])


def _judged(
    context: Context, rows: Rows, part: Sequence[int], wrong: dict[str, tuple[Mismatch, ...]], story: str
) -> CheckResult:
    """The second opinion of finite differences on the gradients at these rows."""
    oracle = next((one for one in context.oracles.values() if one.exact is None), None)
    suspects = ", ".join(f"`{name}`" for name in list(wrong)[:3])
    if oracle is None:
        reason = f"the gradient of {suspects} is not that of its rows; no oracle can say which is wrong"
        return result(context, NAME, Outcome.INCONCLUSIVE, reason, compared=len(wrong))
    judgement = _opinion(context, rows, part, list(wrong), oracle)
    failed = [q for q in judgement.quantities if q.outcome is Outcome.FAILED]
    if not failed:
        reason = f"the gradient of {suspects} is not that of its rows, but finite differences do not find it wrong"
        return result(context, NAME, Outcome.INCONCLUSIVE, reason, compared=len(wrong))
    names = ", ".join(f"`{q.name}`" for q in failed[:3])
    verb = "is" if len(failed) == 1 else "are"
    return result(
        context, NAME, Outcome.FAILED, f"{story} the gradient of {names} {verb} wrong",
        compared=len(wrong) + judgement.compared, oracle=judgement.oracle, quantities=judgement.quantities,
        mismatches=locating.worst(judgement.located) or wrong[failed[0].name],
        hint=("the rows of the batch and of the smaller one have the same outputs and other gradients",),
    )  # fmt: skip


def _opinion(context: Context, rows: Rows, part: Sequence[int], names: Sequence[str], oracle: Oracle) -> Judgement:
    subject, drive = context.case.subject, context.case.subject.drive
    if drive is None:
        return Judgement(oracle=oracle.name)
    there = dataclasses.replace(called_once(subject, drive, rows.given(part)), primals=rows.primals(part))
    if subject.cotangent is not None:
        there = dataclasses.replace(there, cotangent=upstream_of(context, "fixed")(there.value(there.primals)))
    point = point_of(there, context.case.seed, Profile.FAST)
    known = agreeing(context, [name for name in names if name in point.gradients[0]])
    if not known:
        return Judgement(oracle=oracle.name)
    return judge(point, known, oracle, context.case.seed, Profile.FAST)


CHECK = Check(
    name=NAME,
    summary="where forward treats rows apart, the gradient of a batch is that of its rows, in any order",
    examine=examine,
)
