"""What is meant: a backward that is no derivative on purpose is labelled, or passes where a person declared it."""

from __future__ import annotations

import dataclasses

from gradcheck import extensions
from gradcheck.cases.declaring.expectations import CLIPPING, EXPECTATIONS, REVERSAL, SCALING, STOPPED, STRAIGHT_THROUGH
from gradcheck.cases.declaring.intents import Intent, intent_of
from gradcheck.cases.torch.cuts import cuts_at, cuts_of
from gradcheck.cases.torch.flow import point_of
from gradcheck.cases.torch.program import TorchSubject
from gradcheck.types import Case, Check, CheckResult, Context, Outcome

#: The checks that take backward for a derivative.
DERIVATIVES = ("gradient", "linearity")
#: Declarations that hold of a backward as a whole.
DECLARED = (STRAIGHT_THROUGH, REVERSAL, SCALING, CLIPPING)


def asked(name: str, context: Context) -> CheckResult:
    """What a check finds, in the light of what is meant; it may ask any check about another case of the layer."""
    check: Check = extensions.load("gradcheck.checks", name, "CHECK", Check)

    def ask(case: Case, other: str) -> CheckResult:
        return asked(other, dataclasses.replace(context, case=case, found=lambda _: None))

    return as_meant(check.examine(dataclasses.replace(context, ask=ask)), context)


def as_meant(result: CheckResult, context: Context) -> CheckResult:
    """The result in the light of what the layer does on purpose.

    A torch function that passes its gradient on through a step, or rewrites it, is labelled NOT_APPLICABLE, and so is
    any layer or function that passes it on through a step. Where `expect` declares it the result PASSES if the
    experiment agrees, and is kept if it does not.

    Args:
        result: What a check found.
        context: What it was asked.
    """
    doubtful = result.outcome in {Outcome.FAILED, Outcome.INCONCLUSIVE}
    if result.check not in DERIVATIVES or not doubtful:
        return result
    subject = context.case.subject
    is_torch = isinstance(subject, TorchSubject)
    try:
        intent = intent_of(subject, context.case.seed)
    except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
        return result
    told = is_torch or (intent is not None and intent.word == STRAIGHT_THROUGH)
    if intent is not None and (context.expect == intent.word or told):
        return _labelled(result, intent, declared=context.expect == intent.word)
    if context.expect in DECLARED:
        note = f"declared {context.expect} ({EXPECTATIONS[context.expect]}), but an experiment does not find it so"
        return dataclasses.replace(result, notes=(*result.notes, note))
    if isinstance(subject, TorchSubject) and subject.program.kind == "module":
        return _with_cuts(result, subject, context)
    return result


def _labelled(result: CheckResult, intent: Intent, *, declared: bool) -> CheckResult:
    outcome = Outcome.PASSED if declared else Outcome.NOT_APPLICABLE
    headline = f"{intent.sentence}, as declared" if declared else intent.sentence
    return dataclasses.replace(
        result,
        outcome=outcome,
        headline=headline,
        compared=max(result.compared, len(intent.names)) if declared else 0,
        quantities=[dataclasses.replace(q, outcome=outcome, wrong=0, reason="") for q in result.quantities],
        mismatches=(),
        hint=(),
    )


def _with_cuts(result: CheckResult, subject: TorchSubject, context: Context) -> CheckResult:
    """A module's wrong gradient with the place where its forward leaves the graph; an explicit stop is no error."""
    failed = [q.name for q in result.quantities if q.outcome is Outcome.FAILED]
    if not failed:
        return result
    cuts = cuts_of(subject.program, point_of(subject))
    touching = list(dict.fromkeys(cut for name in failed for cut in cuts_at(cuts, name)))
    deliberate = [cut for cut in touching if cut.is_deliberate]
    if not touching:
        return result
    if not deliberate:
        return dataclasses.replace(result, hint=(*result.hint, f"forward leaves autograd's graph by {touching[0]}"))
    told = f"forward stops a gradient on purpose, by {deliberate[0]}"
    declared = context.expect == STOPPED
    outcome = Outcome.NOT_APPLICABLE if declared else Outcome.INCONCLUSIVE
    return dataclasses.replace(
        result,
        outcome=outcome,
        headline=f"{told}, as declared" if declared else f"{told}; expect = '{STOPPED}' settles it",
        quantities=[
            dataclasses.replace(q, outcome=outcome, wrong=0, reason=told) if q.name in failed else q
            for q in result.quantities
        ],
        mismatches=(),
        hint=(),
    )
