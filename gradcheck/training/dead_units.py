"""ReLUs that answer 0 to every sample."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Array, Diagnosis, Outcome

#: Positive inputs and a small batch leave half of the units of a sound layer dead; nine of ten they do not.
DEAD = 0.9
#: Layers of fewer units, and fewer samples, are dead by chance.
FEWEST_UNITS, FEWEST_SAMPLES = 4, 4


def examine(observed: Observed) -> Diagnosis:
    """Count the units of each layer whose output is never above 0 and sometimes could be."""
    shares = {}
    for before, activation in zip((None, *observed.activations), observed.activations, strict=False):
        y, rows = activation.output, _rows(activation.output)
        if y.ndim < 2 or rows.shape[1] < FEWEST_UNITS or rows.shape[0] < FEWEST_SAMPLES:
            continue
        if not _is_relu(activation.kind, y) or (before is not None and not np.any(before.output)):
            continue  # what is zero before a ReLU did not die in it
        shares[activation.path] = (float(np.mean(np.all(rows == 0, axis=0))), rows.shape)
    if not shares:
        return no_evidence("no layer with the outputs of a ReLU was seen")
    path, (share, shape) = max(shares.items(), key=lambda item: item[1][0])
    if share < DEAD:
        return right(f"at most {share:.0%} of the units of a layer are dead ({path})", len(shares))
    # What feeds a dead layer is the first one, whatever died after it.
    path, (share, shape) = next((p, found) for p, found in shares.items() if found[0] >= DEAD)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"{path}: {round(share * shape[1])} of {shape[1]} units are dead, 0 for every sample",
        compared=len(shares),
        evidence=(f"{shape[0]} samples were looked at", *_before(observed, path)),
        meaning="No gradient passes through a dead unit, so that neither it nor what comes before it can learn.",
        next_step="Look at the biases and the scale of the input; initialise biases with 0, weights after He.",
    )


def _is_relu(kind: str, y: Array) -> bool:
    named = "relu" in kind.lower() and "leaky" not in kind.lower()
    return named and bool(np.all(y >= 0))


def _rows(y: Array) -> Array:
    """Samples by units: an image's units are its channels, anything else's the last axis."""
    moved = np.moveaxis(y, 1, -1) if y.ndim == 4 else y
    rows: Array = moved.reshape(-1, moved.shape[-1])
    return rows


def _before(observed: Observed, path: str) -> tuple[str, ...]:
    paths = [activation.path for activation in observed.activations]
    index = paths.index(path)
    if index == 0:
        return ()
    before = observed.activations[index - 1]
    return (
        f"what enters it, from {before.path}, lies between {before.output.min():.3g} and {before.output.max():.3g}",
    )


CAUSE = Cause(name="dead_units", summary="ReLUs that answer 0 to everything", stage=Stage.FORWARD, examine=examine)
