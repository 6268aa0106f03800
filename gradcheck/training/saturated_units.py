"""Sigmoids and tanhs that sit on their flat ends."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: This near to an end the slope is 1/250 of a sigmoid's steepest.
NEAR_THE_END = 1e-3
#: A sound layer has some of its outputs there, never nine of ten.
SATURATED = 0.9


def examine(observed: Observed) -> Diagnosis:
    """Count the outputs of each sigmoid and tanh that lie at their ends."""
    shares = {}
    for activation in observed.activations:
        kind = activation.kind.lower()
        if kind not in {"sigmoid", "tanh", "logistic"} or not activation.output.size:
            continue
        low = -1.0 if "tanh" in kind else 0.0
        y = activation.output
        shares[activation.path] = float(np.mean((y > 1 - NEAR_THE_END) | (y < low + NEAR_THE_END)))
    if not shares:
        return no_evidence("no sigmoid and no tanh was seen")
    path, share = next(((p, s) for p, s in shares.items() if s >= SATURATED), (next(iter(shares)), 0.0))
    if share < SATURATED:
        return right(f"at most {max(shares.values()):.0%} of a layer's outputs are at its ends", len(shares))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{path}: {share:.0%} of its outputs are saturated before the first step",
        compared=len(shares),
        evidence=tuple(
            f"{name}, which it reads, reaches {np.abs(x).max():.4g}" for name, x in observed.inputs.items() if x.size
        ),
        meaning="Where the curve is flat its slope is nearly 0, and with it every gradient before it.",
        next_step="Scale the inputs to about 1, or make the initial weights of the layer before it smaller.",
    )


CAUSE = Cause(
    name="saturated_units", summary="sigmoids and tanhs on their flat ends", stage=Stage.FORWARD, examine=examine
)
