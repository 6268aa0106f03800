"""A model that can learn at all learns one batch by heart."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, right, undecided
from gradcheck.types import Diagnosis, Outcome

#: Parts of the first loss: what must be reached to pass, and above what nothing was learnt.
LEARNT, NOTHING = 0.5, 0.95
#: Factors on the updates that are tried before it is said.
TRIED = (10.0, 100.0, 1000.0, 0.1)


def examine(observed: Observed) -> Diagnosis:
    """Take all steps on the one batch, then with longer and shorter updates; one of them must bring the loss down."""
    walk = observed.walk
    if walk.error or not np.isfinite(walk.first) or walk.first <= 0:
        return undecided("the steps could not be judged")
    if walk.lowest < LEARNT * walk.first:
        return right(f"the loss on one batch falls from {walk.first:.4g} to {walk.lowest:.4g}", walk.steps)
    if walk.lowest <= NOTHING * walk.first:
        return undecided(
            f"the loss on one batch falls from {walk.first:.4g} to {walk.lowest:.4g} in {walk.steps} steps"
        )
    others = {scale: observed.scaled(scale) for scale in TRIED}
    if any(other.lowest <= NOTHING * walk.first for other in others.values()):
        return undecided(f"the loss stays near {walk.first:.4g} and falls with other learning rates")
    parameters = sum(observed.start[name].size for name in observed.trained)
    targets = 0 if observed.target is None else observed.target.size
    if not targets or parameters < targets:
        # A line cannot learn XOR, and nothing comes below the noise of its data: expected, and no fault.
        few = f"; {parameters} parameters may be too few for {targets} targets" if targets else ""
        return undecided(f"the loss on one batch stays near {walk.lowest:.4g}{few}", losses(walk))
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the model cannot learn one batch: the loss stays near {walk.lowest:.4g}",
        compared=walk.steps,
        evidence=(
            losses(walk),
            *(f"times {scale:g}: {losses(other)}" for scale, other in list(others.items())[:1]),
            *_alike(observed),
        ),
        meaning=f"Gradients and updates are right, and {parameters} parameters should hold {targets} targets by heart.",
        next_step="Look at some inputs beside their targets: the answer may not be in the input.",
    )


def _alike(observed: Observed) -> list[str]:
    """How many inputs there are once equal ones are counted once, where many are equal."""
    found = []
    for name, values in observed.inputs.items():
        rows = values.reshape(len(values), -1) if values.ndim else values.reshape(1, -1)
        distinct = len(np.unique(rows, axis=0))
        if distinct <= len(rows) // 2:
            found.append(f"{name}: {distinct} different among {len(rows)} samples")
    return found


CAUSE = Cause(name="overfits_one_batch", summary="one batch cannot be learnt", stage=Stage.OUTCOME, examine=examine)
