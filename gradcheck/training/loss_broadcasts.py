"""The loss compares every output with every target, because (N, 1) and (N,) broadcast to (N, N)."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: The two losses differ by more than rounding in float32.
DIFFERENT = 1e-4


def examine(observed: Observed) -> Diagnosis:
    """Evaluate the loss with the output in the target's shape; the loss must not change."""
    output, target = observed.output, observed.target
    if output is None or target is None or not np.issubdtype(target.dtype, np.floating):
        return no_evidence("no output and target of numbers to compare")
    if output.shape == target.shape or output.size != target.size or output.size < 2:
        return right(f"the output {output.shape} meets the target {target.shape}", 1)
    reshaped = observed.trial.loss_of(output.reshape(target.shape))
    if reshaped is None or abs(reshaped - observed.loss) <= DIFFERENT * max(abs(reshaped), abs(observed.loss)):
        return right("the loss is the same with the output in the target's shape", 1)
    broadcast = np.broadcast_shapes(output.shape, target.shape)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the loss compares {output.shape} with {target.shape}, which broadcast to {broadcast}",
        compared=1,
        evidence=(
            f"the loss is {observed.loss:.6g}, and {reshaped:.6g} with the output in the target's shape",
            f"{int(np.prod(broadcast))} differences are taken where there are {target.size} targets",
        ),
        meaning="Every output is pulled towards every target: the best it can do is to answer with their mean.",
        next_step="Bring both to one shape before the loss, such as output.reshape(target.shape).",
    )


CAUSE = Cause(
    name="loss_broadcasts", summary="output and target broadcast in the loss", stage=Stage.DATA, examine=examine
)
