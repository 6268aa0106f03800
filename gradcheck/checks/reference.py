"""The layer against torch's own layer of the kind: once the forwards agree, every entry of every gradient must."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
from collections.abc import Iterator, Mapping, Sequence

from gradcheck.judging import conventions, locating, probing
from gradcheck.judging.headlines import listed
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import Point
from gradcheck.matching import comparing, naming
from gradcheck.matching.agreement import Likeness, Match, match
from gradcheck.matching.signature import signature_of
from gradcheck.types import Check, CheckResult, Context, Form, Oracle, Outcome, Quantity, Reference

NAME = "reference"
#: A layer of no known name is tried against every counterpart up to this many entries: torch is quick, not free.
MOST_ENTRIES = 200_000


def examine(context: Context) -> CheckResult:
    """Find the counterpart whose forward agrees and compare gradients; without one, say how the layer differs."""
    subject = context.case.subject
    if importlib.util.find_spec("torch") is None:
        reason = "torch is not installed; with the extra `torch` layers are compared with torch's own"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason)
    try:
        point = probing.point_of(subject, context.case.seed, context.profile)
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        reason = f"backward raises {type(error).__name__}; see contract"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason)
    matches = _matches(context, point)
    same = next((one for one in matches if one.likeness is Likeness.SAME), None)
    if same is None or same.form is None:
        return _unlike(context, matches)
    if not point.gradients[0]:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    oracle, refusal = _estimating(context)
    if oracle is None:
        return result(context, NAME, Outcome.INCONCLUSIVE, f"there is no second opinion: {refusal}")
    return _compared(context, point, same.reference.title, same.form, oracle)


def _estimating(context: Context) -> tuple[Oracle | None, str]:
    """The oracle that knows nothing of torch, for the second opinion, or why there is none."""
    refusal: str | None = "no finite differences are installed"
    for oracle in context.oracles.values():
        if oracle.exact is None:
            refusal = oracle.unavailable(context.case.subject)
            if refusal is None:
                return oracle, ""
    return None, refusal or ""


def _matches(context: Context, point: Point) -> list[Match]:
    """What became of each counterpart tried, up to the first that is the same function."""
    signature = signature_of(context.case, point.y)
    precision = comparing.precision_of(point)
    tried = []
    size = sum(x.size for x in signature.primals.values())
    for reference, named in _candidates(context, context.references(), size):
        tried.append(match(signature, reference, precision, named=named))
        if tried[-1].likeness is Likeness.SAME:
            break
    return tried


def _candidates(context: Context, references: Mapping[str, Reference], size: int) -> Iterator[tuple[Reference, bool]]:
    """Counterparts in the order in which they are tried, and whether the layer's name suggests each."""
    declared = naming.named(context.reference, references) if context.reference else None
    if declared is not None:
        yield declared, True
        return
    own, within = naming.by_name(short_name(context), references)
    likely = [*([own] if own else []), *within]
    yield from ((reference, True) for reference in likely)
    if size <= MOST_ENTRIES:
        yield from ((reference, False) for reference in references.values() if reference not in likely)


def _unlike(context: Context, matches: Sequence[Match]) -> CheckResult:
    """The verdict on a layer that is no counterpart's: a failure only where a person named one."""
    layer = short_name(context)
    if context.reference:
        title = matches[0].reference.title if matches else context.reference
        told = _difference(matches[0]) if matches else "is another function"
        headline = f"{layer}: forward is not torch's {title}: it {told}"
        return result(context, NAME, Outcome.FAILED, headline, compared=1)
    called = naming.by_name(layer, {one.reference.name: one.reference for one in matches})
    likely = [*([called[0]] if called[0] else []), *called[1]]
    named = [one for one in matches if one.reference in likely]
    differing = [one for one in named if one.likeness is Likeness.DIFFERENT]
    if differing:
        title, told = differing[0].reference.title, _difference(differing[0])
        return result(context, NAME, Outcome.NOT_APPLICABLE, f"{layer} differs from torch's {title}: it {told}")
    own = next((one for one in named if one.reference is called[0]), None)
    if own is not None:
        headline = f"{layer} differs from torch's {own.reference.title}: it {_difference(own)}"
        return result(context, NAME, Outcome.NOT_APPLICABLE, headline)
    return result(context, NAME, Outcome.NOT_APPLICABLE, f"{layer} is none of torch's layers that gradcheck knows")


def _difference(one: Match) -> str:
    if one.likeness is Likeness.UNLIKE:
        return "takes other inputs or parameters"
    return one.difference or "is another function"


def _compared(context: Context, point: Point, title: str, form: Form, oracle: Oracle) -> CheckResult:
    layer = short_name(context)
    judgement = comparing.compared(point, form, title, oracle, context.case.seed, context.profile)
    told = [f"forward is torch's {title}" + (f", {form.how}" if form.how else "")]
    if judgement.refusal:
        return result(context, NAME, Outcome.INCONCLUSIVE, f"torch's {title} cannot judge: {judgement.refusal}")
    quantities = judgement.quantities
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    undecided = [q for q in quantities if q.outcome is Outcome.INCONCLUSIVE]
    answer = functools.partial(
        result, context, NAME, compared=judgement.compared, oracle=judgement.oracle, table=told
    )  # fmt: skip
    if failed:
        convention = conventions.settled(context, quantities, judgement.located, point, oracle)
        if convention is not None:
            outcome, reason = convention
            settled = [dataclasses.replace(q, outcome=outcome, wrong=0) if q in failed else q for q in quantities]
            return answer(outcome=outcome, headline=reason, quantities=settled)
        return answer(
            outcome=Outcome.FAILED,
            headline=_headline(layer, failed, title),
            quantities=quantities,
            mismatches=locating.worst(judgement.located),
            evidence=judgement.evidence,
        )
    if len(undecided) == len(quantities):
        return answer(outcome=Outcome.INCONCLUSIVE, headline=undecided[0].reason, quantities=quantities)
    agreeing = len(quantities) - len(undecided)
    plural = "gradients agree" if agreeing > 1 else "gradient agrees"
    return answer(
        outcome=Outcome.PASSED,
        headline=f"{layer}: {agreeing} {plural} with torch's {title}",
        quantities=quantities,
        notes=[*judgement.notes, *(f"`{q.name}` undecided: {q.reason}" for q in undecided)],
    )


def _headline(layer: str, failed: Sequence[Quantity], title: str) -> str:
    names = listed([q.name for q in failed])
    count = f" in {failed[0].wrong} of {failed[0].size} entries" if len(failed) == 1 else ""
    plural = "gradients of" if len(failed) > 1 else "gradient of"
    verb = "differ" if len(failed) > 1 else "differs"
    return f"{layer}: {plural} {names} {verb} from torch's {title}{count}"


CHECK = Check(
    name=NAME,
    summary="every gradient agrees with that of torch's layer of the kind, where the forwards agree",
    examine=examine,
)
