"""The decoder-only transformer on a small text."""

from __future__ import annotations

import numpy as np

from reference_models.data.characters import Characters
from reference_models.gpt import GPT
from reference_models.parameters import set_training
from reference_models.train.next_token import surprise, train_next_token
from reference_models.train.task import Report, Result, Task

LENGTH = 48  # characters that are seen at most
BATCH = 16


def train(seed: int, steps: int, report: Report) -> Result:
    """Train on random pieces; judge by the end of the text, which was not trained on."""
    data = Characters(seed=seed)
    model = GPT(len(data.alphabet), 48, 4, 2, 96, LENGTH, dropout=0.2, dtype=np.float32, seed=seed)
    train_next_token(model, lambda: data.get_batch(BATCH, LENGTH), learning_rate=3e-3, steps=steps, report=report)
    set_training(model, training=False)
    pieces = (len(data.held_out) - 1) // LENGTH
    x, y = (data.held_out[start:][: pieces * LENGTH].reshape(pieces, LENGTH) for start in (0, 1))
    loss = float(surprise(model, x, y).mean())
    pairs = data.pair_entropy()
    return Result(
        reached=loss < pairs,
        sentence=f"{loss:.3f} nats per held-out character, counting pairs of characters gives {pairs:.3f}",
        levels={"pairs": pairs},
    )


TASK = Task(
    name="characters",
    summary="a decoder-only transformer learns a small text character by character",
    stated="less surprised by held-out text than one who counts pairs of characters",
    steps=600,
    train=train,
)
