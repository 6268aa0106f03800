"""The convolutional network on small images of digits."""

from __future__ import annotations

from reference_models.convolutional_network import ConvolutionalNetwork
from reference_models.data.digits import digits
from reference_models.optimizers import Cosine
from reference_models.parameters import set_training
from reference_models.train.classification import Sample, accuracy, train_classifier
from reference_models.train.task import Report, Result, Task

ASKED = 0.90
BATCH = 64


def train(seed: int, steps: int, report: Report) -> Result:
    """Train two convolutions and a linear layer."""
    sample = Sample.drawn(digits, learned=4000, held_out=1000, seed=seed)
    model = ConvolutionalNetwork(seed=seed)
    rate = Cosine(peak=0.01, steps=max(steps, 1))
    train_classifier(model, sample, learning_rate=rate, batch=BATCH, steps=steps, seed=seed, report=report)
    set_training(model, training=False)
    right = accuracy(model, sample.held_out_x, sample.held_out_t)
    return Result(reached=right >= ASKED, sentence=f"{right:.1%} of the held-out images right, {ASKED:.0%} asked")


TASK = Task(
    name="digits",
    summary="a small convolutional network reads noisy 8 x 8 digits",
    stated=f"at least {ASKED:.0%} of held-out images",
    steps=500,
    train=train,
)
