"""Gradients that grow from layer to layer on their way back, or activations that do on their way forward."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.depth import FEWEST_LAYERS, gradient_norms
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right, rms
from gradcheck.types import Diagnosis, Outcome

#: Growth from end to end that no sound initialisation shows: a factor of 10 in each of five layers.
EXPLODED = 1e5


def examine(observed: Observed) -> Diagnosis:
    """Compare the last matrix's gradient with the first's, and the first layer's output with the last's."""
    norms = gradient_norms(observed)
    sizes = [(a.path, rms(a.output)) for a in observed.activations if np.all(np.isfinite(a.output))]
    if len(norms) < FEWEST_LAYERS:
        return no_evidence(f"fewer than {FEWEST_LAYERS} layers of weights")
    (first, high), (last, low) = norms[0], norms[-1]
    grown = [size for _, size in sizes if size > 0]
    forward = grown[-1] / grown[0] if grown else 1.0
    if not (high > EXPLODED * low or forward > EXPLODED):
        return right(f"from {last} back to {first} the gradient changes by {high / low:.2g}", len(norms))
    rows = [f"{path} puts out {size:.2e}" for path, size in sizes[:: max(1, len(sizes) // 4)][:5]]
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"values explode through depth: the output grows by {forward:.1e}, the gradient by {high / low:.1e}",
        compared=len(norms),
        evidence=(f"gradient of {first}: {high:.2e}; of {last}: {low:.2e}", *rows),
        meaning="One step of a size that suits one layer throws another away; the loss jumps or becomes NaN.",
        next_step="Make the initial weights smaller (Xavier, He), normalise between layers, clip the gradient.",
    )


CAUSE = Cause(name="exploding_gradient", summary="values grow through depth", stage=Stage.DEPTH, examine=examine)
