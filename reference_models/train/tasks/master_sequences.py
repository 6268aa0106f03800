"""The decoder-only transformer on pieces of master sequences, whose entropy is known."""

from __future__ import annotations

import numpy as np

from reference_models.data.master_sequences import MasterSequences, generated_masters
from reference_models.gpt import GPT
from reference_models.train.next_token import surprise, train_next_token
from reference_models.train.task import Report, Result, Task

ALLOWED = 0.02  # nats per token above the entropy
VOCABULARY = 6
MASTERS = 4
MASTER_LENGTH = (20, 30)
SAMPLE_LENGTH = 12
BATCH = 64


def train(seed: int, steps: int, report: Report) -> Result:
    """Train on random pieces; judge by the exact mean over all pieces there are."""
    masters = generated_masters(MASTERS, MASTER_LENGTH, vocabulary_size=VOCABULARY, seed=seed)
    data = MasterSequences(vocabulary_size=VOCABULARY, sample_length=SAMPLE_LENGTH, masters=masters, seed=seed)
    model = GPT(VOCABULARY, 32, 2, 2, 64, SAMPLE_LENGTH, dtype=np.float32, seed=seed)
    train_next_token(model, lambda: data.get_batch(BATCH), learning_rate=5e-3, steps=steps, report=report)
    windows = data.every_window()
    tokens = np.stack([window.tokens for window in windows])
    probability = np.array([window.probability for window in windows])
    loss = float(probability @ surprise(model, tokens[:, :-1], tokens[:, 1:]).mean(axis=1))
    bound = data.entropy_bound()
    return Result(
        reached=loss <= bound + ALLOWED,
        sentence=f"{loss:.4f} nats per token, the entropy is {bound:.4f}, {ALLOWED} above it allowed",
        levels={"entropy": bound},
    )


TASK = Task(
    name="master_sequences",
    summary="a decoder-only transformer learns what comes next in pieces of four master sequences",
    stated=f"within {ALLOWED} nats per token of the entropy, below which no model comes",
    steps=600,
    train=train,
)
