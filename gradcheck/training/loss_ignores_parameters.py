"""The loss is the same for other parameters."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Evaluate the loss well away from the start."""
    if not observed.elsewhere:
        return no_evidence("no parameter of real numbers")
    elsewhere = observed.trial.loss_at(observed.elsewhere)
    if elsewhere != observed.loss:
        return right(f"the loss moves from {observed.loss:.4g} to {elsewhere:.4g} with the parameters", 1)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the loss is {observed.loss:.6g} whatever the parameters are: it is not computed from them",
        compared=1,
        evidence=(f"all {len(observed.elsewhere)} parameters were moved by half of their size; no digit changed",),
        meaning="No step can change a loss that does not read the parameters.",
        next_step="See where the loss gets its prediction from: an output kept from before, another copy of the model.",
    )


CAUSE = Cause(
    name="loss_ignores_parameters",
    summary="the loss does not depend on the parameters",
    stage=Stage.FORWARD,
    examine=examine,
)
