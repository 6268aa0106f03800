"""The words that causes share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.trials.walk import Walk
from gradcheck.types import Array, Diagnosis, Outcome

#: Names written out before the rest is counted.
MOST_NAMES = 3


def names(found: Sequence[str]) -> str:
    """Some names, and how many more.

    >>> names(["a", "b"]), names(["a", "b", "c", "d", "e"])
    ('a and b', 'a, b, c and 2 more')
    """
    if len(found) > MOST_NAMES:
        return f"{', '.join(found[:MOST_NAMES])} and {len(found) - MOST_NAMES} more"
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def verb(found: Sequence[object], one: str, many: str) -> str:
    """The form that fits the number of things."""
    return one if len(found) == 1 else many


def losses(walk: Walk) -> str:
    """What the loss did, in one line."""
    values = [loss for _, loss in walk.losses]
    if len(set(values)) == 1:
        return f"the loss is {values[0]:.6g} after every one of {walk.steps} steps"
    shown = [f"{loss:.4g} after {step}" for step, loss in walk.losses[1::2]]
    return f"the loss is {walk.first:.4g} at first, {', '.join(shown[-3:])} steps"


def rms(values: Array | None) -> float:
    """Root mean square, 0 of nothing."""
    if values is None or not values.size:
        return 0.0
    return float(np.sqrt(np.mean(np.square(values.astype(np.float64)))))


def right(headline: str, compared: int) -> Diagnosis:
    """Looked for, and not so; where nothing could be compared, that is all there is to say."""
    outcome = Outcome.PASSED if compared else Outcome.NOT_APPLICABLE
    return Diagnosis(outcome=outcome, headline=headline, compared=compared)


def no_evidence(headline: str) -> Diagnosis:
    """Nothing to look at."""
    return Diagnosis(outcome=Outcome.NOT_APPLICABLE, headline=headline)


def undecided(headline: str, *evidence: str) -> Diagnosis:
    """Looked at, and not to be told."""
    return Diagnosis(outcome=Outcome.INCONCLUSIVE, headline=headline, evidence=evidence)
