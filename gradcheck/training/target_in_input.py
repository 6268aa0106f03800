"""The input contains the target: the model can read the answer off."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Array, Diagnosis, Outcome

#: Fewer rows than that may agree by chance: two classes in 16 rows do in one of 65,536 batches.
FEWEST_ROWS = 16


def examine(observed: Observed) -> Diagnosis:
    """Look for a column that equals the target in every row, and for a sequence that was not shifted.

    A correlation is no leak: only equality in every row counts. An input of real numbers that equals the whole target
    is an autoencoder's.
    """
    target = observed.target
    if target is None or not observed.inputs:
        return no_evidence("no input and target to compare")
    if target.size < FEWEST_ROWS or len(np.unique(target)) < 2:
        return no_evidence(f"fewer than {FEWEST_ROWS} targets, or all the same")
    compared = 0
    for name, values in observed.inputs.items():
        compared += 1
        column = _column(values, target)
        if column is not None:
            return _found(f"{name}[:, {column}] equals the target in all {target.size} rows", name)
    name, values = list(observed.inputs.items())[-1]
    if target.ndim > 1 and np.issubdtype(values.dtype, np.integer) and np.array_equal(values, target):
        return _found(f"{name} {values.shape} equals the target token by token: it was not shifted", name)
    return right("no column of the input equals the target", compared)


def _column(values: Array, target: Array) -> int | None:
    if values.ndim != 2 or values.shape[1] < 2 or values.shape[0] != target.size:
        return None
    wanted = target.reshape(-1)
    return next((j for j in range(values.shape[1]) if np.array_equal(values[:, j], wanted)), None)


def _found(headline: str, name: str) -> Diagnosis:
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=headline,
        compared=1,
        evidence=(f"compared exactly, entry by entry: {headline}",),
        meaning="The loss falls because the answer is handed over; nothing is learnt that holds without it.",
        next_step=f"Take the target out of {name}; for next-token training feed x[:, :-1] and ask for x[:, 1:].",
    )


CAUSE = Cause(name="target_in_input", summary="the target is a part of the input", stage=Stage.DATA, examine=examine)
