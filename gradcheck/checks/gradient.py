"""Every gradient, of inputs and of parameters, against the oracle."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

from gradcheck.judging import conventions, locating, probing
from gradcheck.judging.exact import judge_entries
from gradcheck.judging.headlines import listed
from gradcheck.judging.judge import judge
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import Point
from gradcheck.types import Check, CheckResult, Context, Oracle, Outcome, Quantity, Subject


def examine(context: Context) -> CheckResult:
    """Compare each gradient with the oracle; FAILED needs a disagreement and a second opinion along it."""
    subject = context.case.subject
    estimating, exact, refusal = _oracles(context, subject)
    if estimating is None:
        return result(context, "gradient", Outcome.INCONCLUSIVE, f"no oracle can judge it: {refusal}")
    try:
        point = probing.point_of(subject, context.case.seed, context.profile)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        reason = f"backward raises {type(error).__name__}; see contract"
        return result(context, "gradient", Outcome.NOT_APPLICABLE, reason)
    names = list(point.gradients[0])
    if not names:
        return result(context, "gradient", Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    judgement = _judgement(context, point, names, exact, estimating)
    return _verdict(context, judgement, point, estimating)


def _oracles(context: Context, subject: Subject) -> tuple[Oracle | None, Oracle | None, str]:
    """The oracle that estimates, the exact one if there is one, and why there is none."""
    usable, refusal = [], "none is installed"
    for oracle in context.oracles.values():
        reason = oracle.unavailable(subject)
        if reason is None:
            usable.append(oracle)
        elif oracle.exact is None:
            refusal = reason
    estimating = next((oracle for oracle in usable if oracle.exact is None), None)
    return estimating, next((oracle for oracle in usable if oracle.exact is not None), None), refusal


def _judgement(
    context: Context, point: Point, names: Sequence[str], exact: Oracle | None, estimating: Oracle
) -> Judgement:
    seed = context.case.seed
    notes: tuple[str, ...] = ()
    if exact is not None:
        judgement = judge_entries(point, names, exact, estimating, seed, context.profile)
        if not judgement.refusal:
            return judgement
        notes = (f"judged by finite differences; {judgement.refusal}",)
    return dataclasses.replace(judge(point, names, estimating, seed, context.profile), notes=notes)


def _verdict(context: Context, judgement: Judgement, point: Point, oracle: Oracle) -> CheckResult:
    subject, quantities = context.case.subject, judgement.quantities
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    undecided = [q for q in quantities if q.outcome is Outcome.INCONCLUSIVE]
    answer = functools.partial(
        result, context, "gradient", compared=judgement.compared, oracle=judgement.oracle,
    )  # fmt: skip
    notes = (*subject.notes, *judgement.notes)
    layer = short_name(context)
    if failed:
        convention = conventions.settled(context, quantities, judgement.located, point, oracle)
        if convention:
            outcome, reason = convention
            settled = [dataclasses.replace(q, outcome=outcome, wrong=0) if q in failed else q for q in quantities]
            return answer(outcome=outcome, headline=reason, quantities=settled, notes=notes)
        return answer(
            outcome=Outcome.FAILED,
            headline=_headline(layer, failed),
            quantities=quantities,
            mismatches=locating.worst(judgement.located),
            notes=notes,
            evidence=judgement.evidence,
        )
    if undecided and len(undecided) == len(quantities):
        return answer(outcome=Outcome.INCONCLUSIVE, headline=undecided[0].reason, quantities=quantities, notes=notes)
    if subject.uncompared:
        first, *more = subject.uncompared
        reason = f"{layer}: {first}, not compared"
        return answer(outcome=Outcome.INCONCLUSIVE, headline=reason, quantities=quantities, notes=(*notes, *more))
    agreeing = len(quantities) - len(undecided)
    return answer(
        outcome=Outcome.PASSED,
        headline=f"{layer}: {agreeing} gradient{'s' * (agreeing != 1)} agree{'s' * (agreeing == 1)} with the oracle",
        quantities=quantities,
        notes=(*notes, *(f"`{q.name}` undecided: {q.reason}" for q in undecided)),
    )


def _headline(layer: str, failed: list[Quantity]) -> str:
    first = failed[0]
    count = f" in {'at least ' if first.at_least else ''}{first.wrong} of {first.size} entries" if first.wrong else ""
    story = f"{layer}: gradient of `{first.name}` is wrong{count}"
    if len(failed) > 1:
        story = f"{layer}: gradients of {listed([q.name for q in failed])} are wrong"
    return story


CHECK = Check(
    name="gradient",
    summary="every gradient, of inputs and parameters, agrees with an independent oracle",
    examine=examine,
)
