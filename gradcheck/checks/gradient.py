"""Every gradient, of inputs and of parameters, against the oracle."""

from __future__ import annotations

import dataclasses

from gradcheck.judging import conventions, factors, locating, probing
from gradcheck.judging.judge import judge
from gradcheck.judging.locating import Located
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import Point
from gradcheck.types import Check, CheckResult, Context, Oracle, Outcome, Quantity, Subject


def examine(context: Context) -> CheckResult:
    """Compare each gradient with the oracle; FAILED needs a disagreement and a second opinion along it."""
    subject = context.case.subject
    oracle, refusal = _oracle(context, subject)
    if oracle is None:
        return result(context, "gradient", Outcome.INCONCLUSIVE, f"no oracle can judge it: {refusal}")
    try:
        point = probing.point_of(subject, context.case.seed, context.profile)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        reason = f"backward raises {type(error).__name__}; see contract"
        return result(context, "gradient", Outcome.NOT_APPLICABLE, reason)
    names = list(point.gradients[0])
    if not names:
        return result(context, "gradient", Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    quantities, found, compared = judge(point, names, oracle, context.case.seed, context.profile)
    return _verdict(context, quantities, found, compared, point, oracle)


def _oracle(context: Context, subject: Subject) -> tuple[Oracle | None, str]:
    refusal = "none is installed"
    for oracle in context.oracles.values():
        reason = oracle.unavailable(subject)
        if reason is None:
            return oracle, ""
        refusal = reason
    return None, refusal


def _verdict(
    context: Context,
    quantities: list[Quantity],
    found: list[Located],
    compared: int,
    point: Point,
    oracle: Oracle,
) -> CheckResult:
    subject = context.case.subject
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    undecided = [q for q in quantities if q.outcome is Outcome.INCONCLUSIVE]
    layer = short_name(context)
    if failed:
        convention = conventions.settled(context, quantities, found, point, oracle)
        if convention:
            outcome, reason = convention
            settled = [dataclasses.replace(q, outcome=outcome, wrong=0) if q in failed else q for q in quantities]
            return result(
                context, "gradient", outcome, reason, compared=compared, quantities=settled, notes=subject.notes
            )
        return result(
            context,
            "gradient",
            Outcome.FAILED,
            _headline(layer, failed, subject),
            compared=compared,
            quantities=quantities,
            mismatches=locating.worst(found),
            notes=subject.notes,
            hint=_hints(failed, subject),
        )
    if undecided and len(undecided) == len(quantities):
        reason = undecided[0].reason
        return result(
            context,
            "gradient",
            Outcome.INCONCLUSIVE,
            reason,
            compared=compared,
            quantities=quantities,
            notes=subject.notes,
        )
    notes = [f"`{q.name}` undecided: {q.reason}" for q in undecided]
    agreeing = len(quantities) - len(undecided)
    return result(
        context,
        "gradient",
        Outcome.PASSED,
        f"{layer}: {agreeing} gradient{'s' * (agreeing != 1)} agree{'s' * (agreeing == 1)} with the oracle",
        compared=compared,
        quantities=quantities,
        notes=(*subject.notes, *notes),
    )


def _headline(layer: str, failed: list[Quantity], subject: Subject) -> str:
    first = failed[0]
    count = f" in {'at least ' if first.at_least else ''}{first.wrong} of {first.size} entries" if first.wrong else ""
    story = f"{layer}: gradient of `{first.name}` is wrong{count}"
    if len(failed) > 1:
        story = f"{layer}: gradients of {_listed([q.name for q in failed])} are wrong"
    known = [q.factor for q in failed if q.factor is not None]
    if len(known) == len(failed) and max(known) - min(known) <= factors.NEAR * max(abs(factor) for factor in known):
        story += f"; {factors.describe(known[0], subject)}"
    return story


def _hints(failed: list[Quantity], subject: Subject) -> tuple[str, ...]:
    return tuple(f"{q.name}: {factors.advice(q.factor, subject)}" for q in failed if q.factor is not None)


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:3]]
    return ", ".join(shown) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


CHECK = Check(
    name="gradient",
    summary="every gradient, of inputs and parameters, agrees with an independent oracle",
    examine=examine,
)
