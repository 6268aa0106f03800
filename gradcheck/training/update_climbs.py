"""The optimizer steps along the gradient, uphill."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: The cosine between update and gradient beyond which the step climbs; weight decay alone does not come near it,
#: and an optimizer with per-entry rates keeps every entry's sign.
CLIMBS = 0.3


def examine(observed: Observed) -> Diagnosis:
    """Take the cosine between the first update and the gradient at the start, over all parameters."""
    walk = observed.walk
    if len(walk.points) < 2:
        return no_evidence("no step was taken")
    updates, gradients = [], []
    for name in observed.trained:
        gradient = observed.gradients.get(name)
        if gradient is None or gradient.shape != walk.points[0][name].shape:
            continue
        updates.append((walk.points[1][name].astype(np.float64) - walk.points[0][name]).reshape(-1))
        gradients.append(gradient.astype(np.float64).reshape(-1))
    update, gradient_ = (np.concatenate(parts) if parts else np.zeros(1) for parts in (updates, gradients))
    size = float(np.linalg.norm(update) * np.linalg.norm(gradient_))
    if not np.isfinite(size) or size == 0.0:
        return no_evidence("nothing moved")
    cosine = float(update @ gradient_) / size
    if cosine < CLIMBS:
        return right(f"the cosine between the first update and the gradient is {cosine:+.2f}", len(updates))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the optimizer climbs: its first update has the cosine {cosine:+.2f} with the gradient",
        compared=len(updates),
        evidence=(f"predicted change of the loss {float(update @ gradient_):+.4g}", losses(walk)),
        meaning="The loss rises with every step, and the right gradient is used to make it.",
        next_step="Subtract the gradient: W -= learning_rate * dW.",
    )


CAUSE = Cause(name="update_climbs", summary="updates go uphill", stage=Stage.UPDATE, examine=examine)
