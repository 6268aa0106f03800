"""Results that carry how their case was made."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.judging.headlines import within
from gradcheck.types import CheckResult, Context, Evidence, Mismatch, Outcome, Quantity


def result(
    context: Context,
    check: str,
    outcome: Outcome,
    headline: str,
    *,
    compared: int = 0,
    oracle: str = "",
    quantities: Sequence[Quantity] = (),
    mismatches: Sequence[Mismatch] = (),
    table: Sequence[str] = (),
    notes: Sequence[str] = (),
    warnings: Sequence[str] = (),
    hint: Sequence[str] = (),
    evidence: Sequence[Evidence] = (),
) -> CheckResult:
    """A CheckResult of this context's case; see CheckResult for the fields."""
    case = context.case
    return CheckResult(
        check=check,
        layer=case.layer,
        outcome=outcome,
        compared=compared,
        oracle=oracle,
        headline=within(headline),
        quantities=tuple(quantities),
        mismatches=tuple(mismatches),
        table=tuple(table),
        notes=tuple(notes),
        warnings=tuple(warnings),
        construction=case.construction,
        inputs=case.inputs,
        seed=case.seed,
        path=case.path,
        line=case.line,
        hint=tuple(hint),
        evidence=tuple(evidence),
    )


def short_name(context: Context) -> str:
    """The class's own name, for headlines."""
    return context.case.layer.rpartition("::")[2].rpartition("<locals>.")[2]
