"""The loss is the same for other inputs."""

from __future__ import annotations

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.numerics.steps import magnitude
from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import names, no_evidence, right
from gradcheck.types import Array, Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Exchange the inputs and evaluate the loss, at parameters well away from the start.

    At the start itself a last layer of zeros, which is no fault, hides the input as well.
    """
    if not observed.inputs or not observed.elsewhere:
        return no_evidence("no input that can be changed")
    rng = sampling.generator(observed.trial.seed, "other inputs")
    others = {name: _other(values, rng) for name, values in observed.inputs.items()}
    if all(np.array_equal(others[name], values) for name, values in observed.inputs.items()):
        return no_evidence("the inputs are all alike")
    trial = observed.trial
    before, after = trial.loss_at(observed.elsewhere), trial.loss_for(others, observed.elsewhere)
    start, start_after = observed.loss, trial.loss_for(others)
    if before != after or start != start_after:
        return right(f"the loss moves from {before:.4g} to {after:.4g} with the inputs", 2)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the loss is {start:.6g} whatever the inputs are: {names(list(others))} has no effect",
        compared=2,
        evidence=(f"other inputs leave {start:.6g} at the start and {before:.6g} away from it, to the last digit",),
        meaning="The model can learn one answer for everything, and no more.",
        next_step="Follow the input through forward: it is overwritten, multiplied by 0, or never read.",
    )


def _other(values: Array, rng: np.random.Generator) -> Array:
    """Shuffled rows keep whole numbers in their range; real numbers are drawn anew beside that."""
    if np.issubdtype(values.dtype, np.floating):
        drawn = values + magnitude(values) * sampling.gaussian(rng, values.shape)
        return drawn.astype(values.dtype)
    return rng.permutation(values.reshape(-1)).reshape(values.shape)


CAUSE = Cause(
    name="loss_ignores_input", summary="the loss does not depend on the input", stage=Stage.START, examine=examine
)
