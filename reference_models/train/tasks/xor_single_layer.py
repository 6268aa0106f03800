"""The single layer that cannot learn exclusive or."""

from __future__ import annotations

import math

from reference_models.data.xor import mirrored_xor
from reference_models.mlp import MLP
from reference_models.optimizers import Cosine
from reference_models.train.classification import Sample, accuracy, train_classifier
from reference_models.train.task import Report, Result, Task

CHANCE = 0.5
ALLOWED = 0.05  # the line passes the origin as closely as the training has come to weights of 0, not exactly
BATCH = 1000  # all points at once


def train(seed: int, steps: int, report: Report) -> Result:
    """Train one linear layer for as long as one likes: that it stays near chance is the expected result.

    A point and its image in the origin have one class, and lie on different sides of any line through the origin: half
    of all answers are wrong. The smallest loss, log 2, belongs to weights of 0, an answer of "I do not know".
    """
    sample = Sample.drawn(mirrored_xor, learned=BATCH, held_out=2000, seed=seed)
    model = MLP([2, 2], seed=seed)
    rate = Cosine(peak=0.05, steps=max(steps, 1))
    train_classifier(model, sample, learning_rate=rate, batch=BATCH, steps=steps, seed=seed, report=report)
    right = accuracy(model, sample.held_out_x, sample.held_out_t)
    return Result(
        reached=abs(right - CHANCE) <= ALLOWED,
        sentence=f"{right:.1%} of the held-out points right: no line separates them, near {CHANCE:.0%} is expected",
        levels={"log 2, a coin's": math.log(2)},
    )


TASK = Task(
    name="xor_single_layer",
    summary="a single layer fails to learn exclusive or, which no line separates",
    stated=f"stays near {CHANCE:.0%}, which is the expected result",
    steps=500,
    train=train,
)
