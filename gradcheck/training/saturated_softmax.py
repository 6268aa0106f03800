"""A softmax whose rows are one-hot before anything is learnt."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Array, Diagnosis, Outcome

#: A row is one-hot where its largest entry is this near to 1: the slope there is a thousandth.
ONE_HOT = 1e-3
#: Share of the rows; a causal mask leaves the first row one entry, and so one-hot, in every sequence.
SATURATED = 0.9
#: Sums of rows are 1 to rounding in float32.
SUM = 1e-4


def examine(observed: Observed) -> Diagnosis:
    """Of each layer whose rows are probabilities, count the rows with one entry near 1."""
    shares = {}
    for activation in observed.activations:
        y = activation.output
        if y.ndim < 2 or y.shape[-1] < 2 or not _is_probability(y):
            continue
        rows = y.reshape(-1, y.shape[-1])
        rows = rows[np.count_nonzero(rows, axis=1) > 1] if "softmax" not in activation.kind.lower() else rows
        if len(rows) > 1:
            shares[activation.path] = (float(np.mean(rows.max(axis=1) > 1 - ONE_HOT)), len(rows))
    if not shares:
        return no_evidence("no layer whose rows are probabilities was seen")
    path, (share, count) = max(shares.items(), key=lambda item: item[1][0])
    if share < SATURATED:
        return right(f"at most {share:.0%} of the rows of a softmax are one-hot", len(shares))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{path}: {share:.0%} of the rows of the softmax are one-hot before the first step",
        compared=len(shares),
        evidence=(
            f"{round(share * count)} of {count} rows have an entry within {ONE_HOT:g} of 1",
            *_before(observed, path),
        ),
        meaning="A one-hot softmax has nearly no slope: what decides between the entries cannot learn.",
        next_step="Scale what enters it: attention scores by 1 / sqrt(d), logits by smaller initial weights.",
    )


def _is_probability(y: Array) -> bool:
    return bool(np.all(y >= 0) and np.all(np.abs(y.sum(axis=-1) - 1) < SUM))


def _before(observed: Observed, path: str) -> tuple[str, ...]:
    spread = [f"{a.path} puts out up to {np.abs(a.output).max():.4g}" for a in observed.activations if a.path != path]
    index = next(i for i, a in enumerate(observed.activations) if a.path == path)
    return (spread[index - 1],) if index else ()


CAUSE = Cause(
    name="saturated_softmax", summary="a softmax that is one-hot at the start", stage=Stage.FORWARD, examine=examine
)
