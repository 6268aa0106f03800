"""A parameter was never handed to the optimizer."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.standing import Reason
from gradcheck.trials.words import losses, names, right, rms, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Look for the parameters that do not move among everything the optimizer holds."""
    still = [name for name, reason in observed.still.items() if reason is Reason.NOT_HANDED]
    if not still:
        return right("every parameter that should move is the optimizer's", len(observed.trained))
    moving = len(observed.trained) - len(observed.static)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{names(still)} {verb(still, 'was', 'were')} not handed to the optimizer",
        compared=len(observed.trained),
        evidence=(
            (
                f"the optimizer moves {moving} of {len(observed.trained)} parameters; "
                f"the gradient of {still[0]} is {rms(observed.gradients[still[0]]):.4g}"
            ),
            *((_unregistered(observed, still),) if set(still) & set(observed.setup.unregistered) else ()),
            losses(observed.walk),
        ),
        meaning="Their gradients are computed and never used.",
        next_step=_next(observed, still),
    )


def _unregistered(observed: Observed, still: list[str]) -> str:
    count = len(set(still) & set(observed.setup.unregistered))
    return f"{count} of them lie in a plain list or dict, where the framework does not find them"


def _next(observed: Observed, still: list[str]) -> str:
    if set(still) & set(observed.setup.unregistered):
        return "Hold the layers in ModuleList or ModuleDict, so that parameters() lists them."
    return "Hand over all parameters, after the model has its final layers; a layer exchanged later is not seen."


CAUSE = Cause(
    name="not_in_optimizer", summary="a parameter is not handed to the optimizer", stage=Stage.UPDATE, examine=examine
)
