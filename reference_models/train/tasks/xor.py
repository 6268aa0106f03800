"""The multi-layer perceptron that learns exclusive or."""

from __future__ import annotations

from reference_models.data.xor import xor
from reference_models.mlp import MLP
from reference_models.optimizers import Cosine
from reference_models.train.classification import Sample, accuracy, train_classifier
from reference_models.train.task import Report, Result, Task

ASKED = 1.0
BATCH = 64


def train(seed: int, steps: int, report: Report) -> Result:
    """Train one hidden layer."""
    sample = Sample.drawn(xor, learned=2000, held_out=2000, seed=seed)
    model = MLP([2, 16, 2], activation="tanh", seed=seed)
    rate = Cosine(peak=0.05, steps=max(steps, 1))
    train_classifier(model, sample, learning_rate=rate, batch=BATCH, steps=steps, seed=seed, report=report)
    right = accuracy(model, sample.held_out_x, sample.held_out_t)
    return Result(reached=right >= ASKED, sentence=f"{right:.2%} of the held-out points right, {ASKED:.0%} asked")


TASK = Task(
    name="xor",
    summary="an MLP with one hidden layer learns exclusive or",
    stated=f"{ASKED:.0%} of held-out points",
    steps=2000,
    train=train,
)
