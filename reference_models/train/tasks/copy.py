"""The transformer that writes a sequence down again."""

from __future__ import annotations

from reference_models.data.transduction import Order
from reference_models.train import transduction
from reference_models.train.task import Report, Result, Task


def train(seed: int, steps: int, report: Report) -> Result:
    """Train an encoder with a decoder, of one layer each."""
    return transduction.train(Order.COPY, seed=seed, steps=steps, report=report)


TASK = Task(
    name="copy",
    summary="an encoder-decoder transformer learns to copy sequences of 5 to 10 tokens",
    stated=f"at least {transduction.ASKED:.0%} of the tokens of new sequences, written unaided",
    steps=500,
    train=train,
)
