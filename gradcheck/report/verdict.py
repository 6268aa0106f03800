"""A result seen as a run asks for it: one gradient only, strictly, or as an entry of the account."""

from __future__ import annotations

from dataclasses import replace

from gradcheck.errors import BuildError, GradcheckError
from gradcheck.report import summary
from gradcheck.report.lines import count, cut
from gradcheck.report.text import passed_lines, skipped_line, worst_gradient
from gradcheck.types import Case, CheckResult, Outcome, Quantity, Role

# A headline is also pytest's short summary, the JUnit message and the annotation (see CheckResult.headline).
HEADLINE_WIDTH = 100
WORDS = {
    Outcome.PASSED: summary.PASSED,
    Outcome.FAILED: summary.FAILED,
    Outcome.INCONCLUSIVE: summary.INCONCLUSIVE,
    Outcome.NOT_APPLICABLE: summary.NOT_APPLICABLE,
}


def strictly(result: CheckResult) -> CheckResult:
    """The result under strict: inconclusive fails, and so does a note that is a warning."""
    if result.outcome is Outcome.INCONCLUSIVE:
        return replace(result, outcome=Outcome.FAILED, headline=cut(f"strict: {skipped_line(result)}", HEADLINE_WIDTH))
    if result.outcome is Outcome.PASSED and result.warnings:
        return replace(result, outcome=Outcome.FAILED, headline=cut(f"strict: {result.warnings[0]}", HEADLINE_WIDTH))
    return result


def narrowed(result: CheckResult, name: str) -> CheckResult:
    """The result for one gradient alone; a check that does not speak of single gradients keeps its own.

    Args:
        result: What the check found.
        name: The primal whose gradient is asked for.
    """
    if not result.quantities:
        return result
    quantities = [quantity for quantity in result.quantities if quantity.name == name]
    result = replace(
        result,
        evidence=[one for one in result.evidence if one.name == name],
        explanations=[one for one in result.explanations if one.gradient == name],
        blame={primal: found for primal, found in result.blame.items() if primal == name},
    )
    if not quantities:
        headline = f"{result.check} compared no gradient of {name}"
        return replace(
            result,
            outcome=Outcome.NOT_APPLICABLE,
            compared=0,
            quantities=(),
            mismatches=(),
            table=(),
            headline=headline,
        )
    quantity = quantities[0]
    mismatches = [m for m in result.mismatches if m.where.partition("[")[0] == name]
    # The headline tells the story of the worst gradient; any other needs its own.
    same_story = quantity.outcome is result.outcome and name == (worst_gradient(result) or name)
    headline = result.headline if same_story else _headline(quantity)
    return replace(result, outcome=quantity.outcome, quantities=quantities, mismatches=mismatches, headline=headline)


def entry(result: CheckResult) -> summary.Entry:
    """The result as an entry of the account, in builtin types only."""
    passed = result.outcome is Outcome.PASSED
    notes = (*result.notes, *(warning for warning in result.warnings if warning not in result.notes))
    return summary.Entry(
        layer=result.layer,
        check=result.check,
        outcome=WORDS[result.outcome],
        reason="" if passed else " ".join(result.headline.split()),
        notes=tuple(str(note) for note in notes),
        compared=tuple(passed_lines(result)) if passed else (),
    )


def built(case: Case) -> summary.Entry:
    """A layer that was built, as an entry of the account."""
    return summary.Entry(
        layer=case.layer,
        check=summary.BUILD,
        outcome=summary.WITHOUT_VERDICT,
        notes=tuple(dict.fromkeys(str(note) for note in (*case.notes, *case.subject.notes))),
    )


def not_built(identity: str, error: GradcheckError, check: str = summary.BUILD) -> summary.Entry:
    """A layer that could not be built, or an optimizer or training under its one check, as an entry of the account."""
    return summary.Entry(
        layer=identity,
        check=check,
        outcome=summary.NOT_BUILT,
        reason=" ".join(str(error).split()),
        remedy=tuple(error.remedy) if isinstance(error, BuildError) else (),
    )


def left_out(identity: str, check: str, reason: str) -> summary.Entry:
    """A layer or a check that a person declared to be left out, as an entry of the account."""
    return summary.Entry(layer=identity, check=check, outcome=summary.LEFT_OUT, reason=reason)


def broke(identity: str, check: str, error: BaseException) -> summary.Entry:
    """A check that raised, as an entry of the account."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return summary.Entry(layer=identity, check=check, outcome=summary.BROKEN, reason=reason)


def _headline(quantity: Quantity) -> str:
    if quantity.role is Role.OPERATOR:
        extent = f" in {quantity.wrong} of {count(quantity.size, 'case')}" if quantity.wrong else ""
        reason = f": {quantity.reason}" if quantity.reason else ""
        return cut(f"{quantity.name} {WORDS[quantity.outcome]}{extent}{reason}", HEADLINE_WIDTH)
    extent = f": {quantity.wrong} of {count(quantity.size, 'entry')} wrong" if quantity.wrong else ""
    reason = f": {quantity.reason}" if quantity.reason else ""
    return cut(f"gradient of {quantity.name} {WORDS[quantity.outcome]}{extent}{reason}", HEADLINE_WIDTH)
