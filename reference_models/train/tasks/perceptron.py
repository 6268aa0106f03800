"""The perceptron on two clouds."""

from __future__ import annotations

from reference_models.data.clouds import clouds
from reference_models.mlp import MLP
from reference_models.optimizers import Cosine
from reference_models.train.classification import Sample, accuracy, train_classifier
from reference_models.train.task import Report, Result, Task

ASKED = 0.93
BATCH = 32


def train(seed: int, steps: int, report: Report) -> Result:
    """Train one linear layer; 97.7 % is the best there is."""
    sample = Sample.drawn(clouds, learned=1000, held_out=2000, seed=seed)
    model = MLP([2, 2], seed=seed)
    rate = Cosine(peak=0.05, steps=max(steps, 1))
    train_classifier(model, sample, learning_rate=rate, batch=BATCH, steps=steps, seed=seed, report=report)
    right = accuracy(model, sample.held_out_x, sample.held_out_t)
    return Result(reached=right >= ASKED, sentence=f"{right:.1%} of the held-out points right, {ASKED:.0%} asked")


TASK = Task(
    name="perceptron",
    summary="a single layer tells two overlapping clouds apart",
    stated=f"at least {ASKED:.0%} of held-out points",
    steps=300,
    train=train,
)
