"""The loss of a classifier at the start is far above that of not knowing."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: Losses agree to rounding in float32.
SAME = 1e-4
#: Logits of variance s^2 add s^2 / 2 to log K. Sound initialisations have s of 1 or less, tied embeddings 2:
#: three times log K, and 8 nats at least (s = 4), is neither.
FACTOR, EXCESS = 3.0, 8.0


def examine(observed: Observed) -> Diagnosis:
    """Compare the loss at the start with the loss of logits that are all 0, which is log K for K classes.

    A trained model lies below it, which is no fault.
    """
    output = observed.output
    if output is None or output.ndim < 2 or output.shape[-1] < 2:
        return no_evidence("no output with one entry per class")
    classes = output.shape[-1]
    blind = observed.trial.loss_of(np.zeros_like(output))
    if blind is None or not np.isfinite(blind):
        return no_evidence("the loss takes no output of zeros")
    theory = float(np.log(classes))
    if abs(blind + theory) <= SAME * theory and classes > 1:
        return _negative(blind, classes)
    if abs(blind - theory) > SAME * theory:
        return no_evidence("the loss is no mean cross-entropy of logits")
    excess = observed.loss - theory
    if observed.loss <= FACTOR * theory or excess <= EXCESS:
        return right(f"the loss at the start is {observed.loss:.4g}; log({classes}) is {theory:.4g}", 1)
    reach = [f"{name} reaches {np.abs(x).max():.4g}" for name, x in observed.inputs.items() if _real(x)]
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the loss at the start is {observed.loss:.4g}; knowing nothing is log({classes}) = {theory:.4g}",
        compared=1,
        evidence=(f"the logits spread by {float(output.std()):.4g}; about 1 or less is expected", *reach),
        meaning="The model is sure of answers it made up; the first steps only unlearn them, and may not succeed.",
        next_step="Make the last layer's initial weights smaller, or scale the inputs to about 1.",
    )


def _real(values: np.ndarray) -> bool:
    return bool(values.size) and np.issubdtype(values.dtype, np.floating)


def _negative(blind: float, classes: int) -> Diagnosis:
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline="the loss is minus the cross-entropy: it falls as the answers get worse",
        compared=1,
        evidence=(f"logits that are all 0 give {blind:.6g}; log({classes}) is {-blind:.6g}",),
        meaning="The right gradient of the wrong sign drives the probability of the targets to 0.",
        next_step="Put the minus in front of the mean of the log-probabilities.",
    )


CAUSE = Cause(
    name="loss_at_initialisation",
    summary="the loss at the start is far from log K",
    stage=Stage.START,
    examine=examine,
)
