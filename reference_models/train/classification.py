"""The training of a classifier, whatever it classifies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference_models.numpy_layers import CrossEntropy
from reference_models.optimizers import Adam
from reference_models.train.model import Model
from reference_models.train.task import Report, Step

Draw = Callable[..., tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """N inputs x (N, ...) and their classes t (N,), to learn from and to be judged by.

    >>> from reference_models.data.xor import xor
    >>> sample = Sample.drawn(xor, learned=30, held_out=10, seed=0)
    >>> sample.x.shape, sample.held_out_t.shape
    ((30, 2), (10,))
    """

    x: np.ndarray
    t: np.ndarray
    held_out_x: np.ndarray
    held_out_t: np.ndarray

    @classmethod
    def drawn(cls, draw: Draw, *, learned: int, held_out: int, seed: int) -> Sample:
        """Draw both parts at once, so that none is in both."""
        x, t = draw(learned + held_out, seed=seed)
        return cls(x=x[:learned], t=t[:learned], held_out_x=x[learned:], held_out_t=t[learned:])


def accuracy(model: Model, x: np.ndarray, t: np.ndarray) -> float:
    """The part of x (N, ...) whose largest logit is that of its class t (N,)."""
    return float(np.mean(model.forward(x).argmax(axis=-1) == t))


def train_classifier(
    model: Model,
    sample: Sample,
    *,
    learning_rate: Callable[[int], float],
    batch: int,
    steps: int,
    seed: int,
    report: Report,
) -> None:
    """Minimise the cross-entropy by Adam, on batches drawn in passes over the sample.

    Args:
        model: Maps x (N, ...) to logits (N, K).
        sample: What is learned.
        learning_rate: Of each step, counted from 0.
        batch: Of how many inputs a step sees.
        steps: Of the optimizer.
        seed: Of the order.
        report: Is told of every step.
    """
    rng = np.random.default_rng(seed)
    loss = CrossEntropy()
    optimizer = Adam(model.parameters())
    order = np.empty(0, dtype=int)
    for number in range(1, steps + 1):
        if len(order) < batch:
            order = rng.permutation(len(sample.t))
        chosen, order = order[:batch], order[batch:]
        logits = model.forward(sample.x[chosen])
        value = float(loss.forward(logits, sample.t[chosen]))
        model.backward(loss.backward())
        optimizer.learning_rate = learning_rate(number - 1)
        optimizer.step(model.gradients())
        right = float(np.mean(logits.argmax(axis=-1) == sample.t[chosen]))
        report(Step(number=number, loss=value, measures={"accuracy": right}))
