"""Gradients that shrink from layer to layer on their way back."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.depth import FEWEST_LAYERS, gradient_norms
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: An update in proportion to such a gradient is lost beside the last layer's.
VANISHED = 1e-5


def examine(observed: Observed) -> Diagnosis:
    """Compare the gradient of the first matrix with that of the last, and ask for a decline in between."""
    norms = gradient_norms(observed)
    if len(norms) < FEWEST_LAYERS:
        return no_evidence(f"fewer than {FEWEST_LAYERS} layers of weights")
    (first, low), (last, high) = norms[0], norms[-1]
    middle = norms[len(norms) // 2][1]
    if not (low < VANISHED * high and low < middle < high):
        return right(f"from {last} back to {first} the gradient changes by {low / high:.2g}", len(norms))
    per_layer = (low / high) ** (1 / (len(norms) - 1))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the gradient vanishes: {low:.1e} in {first}, {high:.1e} in {last}, {len(norms)} layers on",
        compared=len(norms),
        evidence=(
            f"each layer passes back {per_layer:.2g} of what it gets",
            *(f"{name}: {size:.2e}" for name, size in norms[:: max(1, len(norms) // 4)][:5]),
        ),
        meaning="The first layers keep their initial weights for as long as anyone will wait.",
        next_step="Use ReLU or GELU with He weights, residual connections, or normalisation between the layers.",
    )


CAUSE = Cause(name="vanishing_gradient", summary="gradients shrink through depth", stage=Stage.DEPTH, examine=examine)
