"""The trainings that functions marked `@gradcheck.training` make, each examined in a child process."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradcheck.cases.importing.isolating import brought, carried, examined_apart
from gradcheck.cases.importing.loading import load, resolve_function
from gradcheck.diagnosing import diagnose
from gradcheck.errors import BuildError, UsageError
from gradcheck.marking import training_steps
from gradcheck.source.model import LayerSite
from gradcheck.source.trainings import TRAINING
from gradcheck.trials.binding import bind
from gradcheck.trials.returned import arguments_of
from gradcheck.trials.trial import described
from gradcheck.types import CheckResult, Outcome, Report

#: Seconds one training may take: it is walked from its start many times over.
TRAINING_SECONDS = 300.0
REMEDY = (
    "`gradcheck check-training {identity}` runs the same in the open;",
    'to leave it out: [tool.gradcheck.layers."{identity}"] skip = "reason"',
)


def results(sites: Sequence[LayerSite], *, seed: int) -> dict[str, CheckResult | BuildError]:
    """Examine the marked functions of one file.

    Args:
        sites: The functions.
        seed: Seed of every draw.

    Returns:
        Identity to the result, or to the error that says why there is none.
    """
    return examined_apart(
        sites,
        functools.partial(_result, seed),
        action="gradcheck.marked_trainings:rehearse_examination",
        arguments={"seed": seed},
        seconds=TRAINING_SECONDS,
        remedy=REMEDY,
    )


def rehearse_examination(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Make one training and examine it in the child process; see `rehearsal.rehearse` for the arguments.

    Raises:
        BuildError: The function raised, or what it returned is no training.
    """
    loaded = load(file, root)
    function = resolve_function(loaded, key)
    with loaded.environment():
        try:
            made = function()
        except Exception as error:  # a stranger's function may raise anything
            raise BuildError(f"{key} raised {described(error)}") from error
        try:
            setup = bind(**arguments_of(made, key))
            report = diagnose(setup, steps=training_steps(function), seed=arguments["seed"])
        except UsageError as error:
            raise BuildError(str(error)) from error
    return {"results": [carried(one) for one in report.results]}


def _result(seed: int, site: LayerSite, answer: Mapping[str, Any]) -> CheckResult:
    return folded(Report(results=tuple(brought(one) for one in answer["results"])), site, seed)


def folded(report: Report, site: LayerSite, seed: int) -> CheckResult:
    """One result for all findings on one training: the root cause is told, further ones are named."""
    failed = [one for one in report.results if one.outcome is Outcome.FAILED]
    passed = [one for one in report.results if one.outcome is Outcome.PASSED]
    compared = sum(one.compared for one in report.results)
    place: dict[str, Any] = {
        "check": TRAINING, "layer": site.identity, "compared": compared, "seed": seed,
        "path": site.backward.path, "line": site.backward.line,
    }  # fmt: skip
    if failed:
        root, *others = failed
        return CheckResult(
            **place,
            outcome=Outcome.FAILED,
            headline=f"{site.qualname}: {root.check}: {root.headline}",
            table=(*root.table, *(f"also {one.check}: {one.headline}" for one in others)),
            notes=root.notes,
            hint=root.hint,
        )
    undecided = tuple(
        f"undecided: {o.check}: {o.headline}" for o in report.results if o.outcome is Outcome.INCONCLUSIVE
    )
    if not passed or not compared:
        headline = f"{site.qualname}: no explanation could be tried on this training"
        return CheckResult(**place, outcome=Outcome.INCONCLUSIVE, headline=headline, notes=undecided)
    headline = f"{site.qualname}: nothing found; {len(passed)} explanations ruled out"
    return CheckResult(**place, outcome=Outcome.PASSED, headline=headline, notes=undecided)
