"""The model ends with a softmax, and the loss takes another one of it."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: Sums of rows, and losses, agree to rounding in float32.
SAME = 1e-4


def examine(observed: Observed) -> Diagnosis:
    """Probabilities must not enter a loss that takes logits: one that does not change when a constant is added."""
    output = observed.output
    if output is None or output.ndim < 2 or output.shape[-1] < 2:
        return no_evidence("no output with one entry per class")
    if np.any(output < 0) or np.any(np.abs(output.sum(axis=-1) - 1) > SAME):
        return right("the output's rows are no probabilities", 1)
    elsewhere = observed.trial.output_at(observed.elsewhere)
    if elsewhere is None or np.any(np.abs(elsewhere.sum(axis=-1) - 1) > SAME):
        return right("the output's rows are probabilities by chance only", 1)
    shifted, tilted = observed.trial.loss_of(output + 1), observed.trial.loss_of(output * 3)
    if shifted is None or tilted is None or abs(shifted - observed.loss) > SAME * max(1.0, abs(observed.loss)):
        return right("the loss takes probabilities", 1)
    if abs(tilted - observed.loss) <= SAME:
        return right("the loss does not depend on the output's scale", 1)
    classes = output.shape[-1]
    floor = float(np.log(np.e + classes - 1) - 1)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline="softmax is taken twice: the model puts out probabilities, the loss expects logits",
        compared=2,
        evidence=(
            f"every row of the output sums to 1, and the loss stays {observed.loss:.6g} when 1 is added to all of them",
            f"with {classes} classes the loss cannot fall below log(e + {classes - 1}) - 1 = {floor:.4f}",
        ),
        meaning="The second softmax flattens the first: gradients are small, and the loss has a floor above 0.",
        next_step="Remove the softmax from the model, or use a loss that takes probabilities.",
    )


CAUSE = Cause(
    name="double_softmax", summary="a softmax before a loss that takes one", stage=Stage.FORWARD, examine=examine
)
