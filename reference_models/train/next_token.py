"""The training of a decoder-only transformer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference_models.gpt import GPT
from reference_models.numpy_layers import CrossEntropy, LogSoftmax
from reference_models.optimizers import Adam, Cosine
from reference_models.train.task import Report, Step

WARM_UP = 50  # steps; without it the first steps of Adam, all of one length, throw attention off


def train_next_token(
    model: GPT,
    get_batch: Callable[[], tuple[np.ndarray, np.ndarray]],
    *,
    learning_rate: float,
    steps: int,
    report: Report,
) -> None:
    """Minimise the cross-entropy of what comes next, by Adam along a cosine.

    >>> model = GPT(vocab_size=3, d_model=4, n_heads=2, n_layers=1, d_ff=8, max_length=2)
    >>> batch = np.array([[0, 1]]), np.array([[1, 2]])
    >>> train_next_token(model, lambda: batch, learning_rate=0.1, steps=1, report=lambda step: None)

    Args:
        model: Maps ids (N, L) to logits (N, L, V).
        get_batch: Gives ids (N, L) and what comes next at each place, (N, L).
        learning_rate: The largest.
        steps: Of the optimizer.
        report: Is told of every step.
    """
    loss, optimizer = CrossEntropy(), Adam(model.parameters())
    schedule = Cosine(peak=learning_rate, steps=max(steps - WARM_UP, 1), warm_up=WARM_UP)
    for number in range(1, steps + 1):
        x, y = get_batch()
        value = float(loss.forward(model.forward(x), y))
        model.backward(loss.backward())
        optimizer.learning_rate = schedule(number - 1)
        optimizer.step(model.gradients())
        report(Step(number=number, loss=value))


def surprise(model: GPT, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Minus the logarithm of the probability that the model gives to y (N, L) after x (N, L), in nats, (N, L).

    >>> model = GPT(vocab_size=3, d_model=4, n_heads=2, n_layers=1, d_ff=8, max_length=2)
    >>> surprise(model, np.array([[0, 1]]), np.array([[1, 2]])).shape
    (1, 2)
    """
    log_p = LogSoftmax().forward(model.forward(x).astype(np.float64))
    of_y: np.ndarray = -np.take_along_axis(log_p, y[..., np.newaxis], axis=-1)[..., 0]
    return of_y
