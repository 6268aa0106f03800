"""From what a check found to what is written of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np

from gradcheck.numerics.compare import MOST_MISMATCHES, where
from gradcheck.recording.layout import number
from gradcheck.report import summary, verdict
from gradcheck.report.cells import cells, errors
from gradcheck.report.excerpt import excerpt
from gradcheck.report.schema import (
    Counts,
    Document,
    Excerpt,
    Explained,
    Gradient,
    Result,
    Settings,
    StepSize,
    Sweep,
    Word,
    Worst,
)
from gradcheck.report.summary import Entry
from gradcheck.report.surroundings import surroundings
from gradcheck.report.text import reproduce_command
from gradcheck.types import Array, Case, CheckResult, Evidence, Explanation, Mismatch, Outcome, Quantity


def of_result(
    result: CheckResult, root: Path, *, seconds: float = 0.0, prefix: str = "", options: Sequence[str] = ()
) -> Result:
    """What is written of a check that came to an end.

    Args:
        result: What it found.
        root: The project root.
        seconds: How long it took.
        prefix: See `reproduce_command`.
        options: See `reproduce_command`.
    """
    blamed = result.blame.get(_first_wrong(result))
    return Result(
        layer=result.layer,
        check=result.check,
        outcome=cast("Word", verdict.WORDS[result.outcome]),
        headline=text(result.headline),
        path=blamed.path if blamed else result.path,
        line=blamed.line if blamed else int(result.line),
        compared=int(result.compared),
        oracle=result.oracle,
        construction=text(result.construction),
        inputs=text(result.inputs),
        seed=int(result.seed),
        seconds=seconds,
        reproduce=text(reproduce_command(result, prefix=prefix, options=options)),
        table=texts(result.table),
        notes=texts(result.notes),
        warnings=texts(result.warnings),
        hint=texts(result.hint),
        gradients=_gradients(result, root),
        source=_source(result, root) if result.outcome is Outcome.FAILED and not result.blame else None,
    )


def of_entry(entry: Entry, case: Case | None = None, *, seconds: float = 0.0, seed: int = 0) -> Result:
    """What is written of a step that found nothing: a build, what was left out, what broke.

    Args:
        entry: The step in the account.
        case: What was built, for a build that went well.
        seconds: How long it took.
        seed: The run's.
    """
    return Result(
        layer=entry.layer,
        check=entry.check,
        outcome=cast("Word", entry.outcome),
        headline=text(entry.reason),
        path=case.path if case else "",
        line=int(case.line) if case else 0,
        construction=text(case.construction) if case else "",
        inputs=text(case.inputs) if case else "",
        seed=seed,
        seconds=seconds,
        notes=texts(entry.notes),
        remedy=texts(entry.remedy),
    )


def document(
    results: Sequence[Result],
    root: Path,
    settings: Settings,
    *,
    seconds: float = 0.0,
    missing: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> Document:
    """A whole run; see `Document` for the arguments."""
    counted = summary.tally(Entry(layer=one.layer, check=one.check, outcome=one.outcome) for one in results)
    return Document(
        format="gradcheck-report",
        version=1,
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        root=text(root.name),
        settings=settings,
        surroundings=surroundings(root),
        counts=Counts(**dataclasses.asdict(counted)),
        results=list(results),
        seconds=seconds,
        missing=texts(missing),
        problems=texts(problems),
    )


def text(words: str) -> str:
    """Words as UTF-8 can hold them: a lone surrogate of somebody's source becomes a question mark."""
    return words.encode("utf-8", "replace").decode()


def texts(lines: Sequence[str]) -> list[str]:
    """Each of the lines as UTF-8 can hold it."""
    return [text(str(line)) for line in lines]


def _gradients(result: CheckResult, root: Path) -> list[Gradient]:
    evidence = {one.name: one for one in result.evidence}
    explanations = {one.gradient: one for one in result.explanations}
    listed = [_gradient(q, result, evidence.get(q.name), explanations.get(q.name), root) for q in result.quantities]
    known = {quantity.name for quantity in result.quantities}
    # A gradient of another shape is no quantity: there was nothing to compare.
    return listed + [
        _gradient(_uncounted(one), result, one, explanations.get(one.name), root)
        for one in result.evidence
        if one.name not in known
    ]


def _gradient(
    quantity: Quantity, result: CheckResult, evidence: Evidence | None, why: Explanation | None, root: Path
) -> Gradient:
    factor = quantity.factor
    failed = quantity.outcome is Outcome.FAILED
    return Gradient(
        name=text(quantity.name),
        role=quantity.role.value,
        shape=[int(size) for size in quantity.shape],
        dtype=str(quantity.dtype),
        outcome=cast("Word", verdict.WORDS[quantity.outcome]),
        wrong=int(quantity.wrong),
        size=int(quantity.size),
        at_least=quantity.at_least,
        smallest_error=number(float(quantity.smallest_error)),
        factor=None if factor is None else number(float(factor)),
        reason=text(quantity.reason),
        oracle=(evidence.oracle if evidence else "") or result.oracle,
        explanation=_explained(why) if why else None,
        worst=_worst(quantity.name, result, evidence) if failed else [],
        source=_source(result, root, quantity.name) if failed and quantity.name in result.blame else None,
        cells=cells(evidence) if evidence else None,
        sweep=_sweep(evidence) if evidence else None,
    )


def _uncounted(evidence: Evidence) -> Quantity:
    return Quantity(
        name=evidence.name,
        role=evidence.role,
        shape=evidence.shape,
        dtype=str(evidence.actual.dtype),
        outcome=Outcome.FAILED,
        size=math.prod(evidence.shape),
    )


def _first_wrong(result: CheckResult) -> str:
    """The gradient of the worst entry whose statement was found; "" where none was."""
    names = [one.where.partition("[")[0] for one in result.mismatches]
    return next((name for name in (*names, *result.blame) if name in result.blame), "")


def _source(result: CheckResult, root: Path, name: str = "") -> Excerpt | None:
    blamed = result.blame.get(name)
    if blamed is not None:
        return excerpt(root, blamed.path, blamed.line, blamed.end_line, text(blamed.reason))
    return excerpt(root, result.path, int(result.line)) if result.path else None


def _explained(why: Explanation) -> Explained:
    return Explained(
        name=why.name,
        sentence=text(why.sentence),
        evidence=texts(why.evidence),
        claim=number(float(why.claim)),
        residual=number(float(why.residual)),
        advice=text(why.advice),
    )


def _sweep(evidence: Evidence) -> Sweep | None:
    if evidence.sweep is None:
        return None
    points = [
        StepSize(
            step=number(float(one.step)),
            from_expected=number(float(one.from_expected)),
            from_actual=number(float(one.from_actual)),
        )
        for one in evidence.sweep.points
    ]
    return Sweep(chosen=number(float(evidence.sweep.chosen)), points=points)


def _worst(name: str, result: CheckResult, evidence: Evidence | None) -> list[Worst]:
    if evidence is None or not evidence.kept or evidence.actual.shape != evidence.expected.shape:
        return [_exactly(one) for one in result.mismatches if one.where.partition("[")[0] == name]
    expected, actual, allowed = (
        np.asarray(array, dtype=np.float64).ravel() for array in (evidence.expected, evidence.actual, evidence.allowed)
    )
    error = errors(expected, actual)
    # What is not a number is the worst there is; what was not compared is not wrong.
    wrong = np.flatnonzero(~(error <= allowed) & ~np.isnan(allowed))
    ranked = wrong[np.argsort(-_ranked(error[wrong]), kind="stable")][:MOST_MISMATCHES]
    return [
        _exactly(
            Mismatch(
                where=where(name, int(i), evidence.expected.shape),
                expected=float(expected[i]),
                actual=float(actual[i]),
                allowed=float(allowed[i]),
            )
        )
        for i in ranked
    ]


def _ranked(error: Array) -> Array:
    ranks: Array = np.nan_to_num(error, nan=math.inf, posinf=math.inf)
    return ranks


def _exactly(one: Mismatch) -> Worst:
    error = float(errors(np.array([one.expected]), np.array([one.actual]))[0])
    return Worst(
        where=text(one.where),
        expected=number(float(one.expected)),
        actual=number(float(one.actual)),
        error=number(error),
        allowed=number(float(one.allowed)),
    )
