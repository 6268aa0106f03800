"""A model of sequences sees the token it shall predict: the causal mask is missing."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import no_evidence, right
from gradcheck.types import Diagnosis, Outcome

#: A change of an output that is more than rounding in float32.
CHANGED = 1e-4


def examine(observed: Observed) -> Diagnosis:
    """Change the last token and look whether outputs before it change; they may not where they predict it."""
    target = observed.target
    shifted = [
        name for name, values in observed.inputs.items()
        if target is not None and values.ndim == 2 and values.shape == target.shape and values.shape[1] > 2
        and np.issubdtype(values.dtype, np.integer) and np.array_equal(values[:, 1:], target[:, :-1])
    ]  # fmt: skip
    if target is None or not shifted or len(np.unique(target)) < 2:
        return no_evidence("not a prediction of the next token")
    name = shifted[0]
    values = observed.inputs[name].copy()
    # Another token of the batch, so that it is in the vocabulary.
    values[:, -1] = np.where(values[:, -1] == values.max(), values.min(), values.max())
    before = observed.trial.output_at(observed.elsewhere)
    after = observed.trial.output_at(observed.elsewhere, {name: values})
    if before is None or after is None or before.ndim < 3 or before.shape[:2] != values.shape:
        return no_evidence("the model's output is not one row per token")
    change = np.abs(after - before).max(axis=tuple(i for i in range(before.ndim) if i != 1))
    if change[:-1].max() <= CHANGED * np.abs(before).max():
        return right("no output changes with a later token", change.size - 1)
    first = int(np.argmax(change[:-1] > CHANGED * np.abs(before).max()))
    last = values.shape[1] - 1
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the output at position {first} changes with token {last}: the model sees the future",
        compared=change.size - 1,
        evidence=(
            f"only token {last} of {name} was changed; outputs before it moved by up to {change[:-1].max():.3g}",
            f"the target at position {last - 1} is token {last} itself",
        ),
        meaning="The model copies the token it shall predict; where it must write by itself, it cannot.",
        next_step="Mask the attention causally: position i may look at positions 0 .. i only.",
    )


CAUSE = Cause(
    name="future_leaks", summary="outputs depend on the tokens they predict", stage=Stage.DATA, examine=examine
)
