"""Every cause on one set-up, root cause first; what may be its consequence waits."""

from __future__ import annotations

from gradcheck import extensions
from gradcheck.judging.headlines import within
from gradcheck.trials.cause import Cause
from gradcheck.trials.observed import Observed
from gradcheck.trials.trial import Trial
from gradcheck.types import CheckResult, Diagnosis, Outcome, Report, TrainingSetup


def diagnose(setup: TrainingSetup, *, steps: int, seed: int) -> Report:
    """Examine a set-up and put it back as it was.

    The causes are asked in the order of what a fault spoils: data, forward, start, gradient, its use, update, rate,
    outcome. At the first stage where one holds the rest waits, because all of it may be a consequence.

    Args:
        setup: The set-up.
        steps: Steps of the longest walk.
        seed: Of every draw.

    Raises:
        UsageError: One of the set-up's functions raised, or gave what is no loss or no gradient.
    """
    trial = Trial(setup, seed)
    observed = Observed(trial, steps)
    known = extensions.load_all("gradcheck.training", "CAUSE", Cause).values()
    found: list[CheckResult] = []
    root = ""
    failed_at = None
    try:
        for cause in sorted(known, key=lambda cause: (cause.stage, cause.name)):
            if failed_at is not None and cause.stage > failed_at:
                waiting = Diagnosis(outcome=Outcome.NOT_APPLICABLE, headline=f"not looked at while {root} stands")
                found.append(_result(cause, waiting, setup.name, seed))
                continue
            diagnosis = cause.examine(observed)
            if diagnosis.outcome is Outcome.FAILED and failed_at is None:
                root, failed_at = cause.name, cause.stage
            found.append(_result(cause, diagnosis, setup.name, seed))
    finally:
        trial.restore()
    return Report(results=tuple(sorted(found, key=lambda result: result.outcome is not Outcome.FAILED)))


def _result(cause: Cause, diagnosis: Diagnosis, name: str, seed: int) -> CheckResult:
    return CheckResult(
        check=cause.name,
        layer=name,
        outcome=diagnosis.outcome,
        compared=diagnosis.compared,
        headline=within(diagnosis.headline),
        table=diagnosis.evidence,
        notes=(diagnosis.meaning,) if diagnosis.meaning else (),
        hint=(diagnosis.next_step,) if diagnosis.next_step else (),
        seed=seed,
    )
