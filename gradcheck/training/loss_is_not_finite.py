"""The loss is not a finite number before the first step."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import right
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Evaluate the loss; where it is not finite, find what was first not finite on the way."""
    if np.isfinite(observed.loss):
        return right(f"the loss at the start is {observed.loss:.6g}", 1)
    read = {**observed.inputs, **({} if observed.target is None else {"target": observed.target}), **observed.start}
    bad = [f"{name}: {_count(values)}" for name, values in read.items() if _count(values)]
    first = next((a for a in observed.activations if not np.all(np.isfinite(a.output))), None)
    if bad:
        evidence, where = f"not finite in what is read: {bad[0]} entries", "the data or the parameters"
    elif first is not None:
        evidence = f"first not finite in the output of {first.path} ({first.kind}): {_count(first.output)} entries"
        where = first.path
    else:
        evidence, where = "every layer's output is finite, the loss itself is not", "the loss"
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"the loss is {observed.loss:g} before the first step; it begins in {where}",
        compared=1,
        evidence=(evidence,),
        meaning="Every gradient that follows is not a number either, and the first step makes the parameters so.",
        next_step=f"Look at {where}: a division by 0, a logarithm of 0, an exponential that overflows.",
    )


def _count(values: np.ndarray) -> int:
    return int(np.sum(~np.isfinite(values.astype(np.float64)))) if np.issubdtype(values.dtype, np.number) else 0


CAUSE = Cause(
    name="loss_is_not_finite", summary="the loss is NaN or infinite at the start", stage=Stage.DATA, examine=examine
)
