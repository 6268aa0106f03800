"""The training of an encoder with a decoder to write sequences down again."""

from __future__ import annotations

import numpy as np

from reference_models.data.transduction import BEGIN, PADDING, Order, Pairs, Transduction
from reference_models.numpy_layers import CrossEntropy
from reference_models.optimizers import Adam, Cosine
from reference_models.train.task import Report, Result, Step
from reference_models.transformer import Transformer

ASKED = 0.99
SYMBOLS = 10
LENGTHS = (5, 10)
BATCH = 64
HELD_OUT = 500  # sequences, of 10^5 to 10^10 that there are of each length
LEARNING_RATE = 5e-3
WARM_UP = 50  # steps; without it the first steps of Adam, all of one length, throw attention off


def train(order: Order, *, seed: int, steps: int, report: Report) -> Result:
    """Train by the cross-entropy of each token after the right ones before it; judge by what is written unaided."""
    data = Transduction(order, symbols=SYMBOLS, length=LENGTHS, seed=seed)
    model = Transformer(
        vocab_size=data.vocabulary_size,
        d_model=32,
        n_heads=4,
        n_layers=1,
        d_ff=64,
        padding=PADDING,
        norm_first=True,
        dtype=np.float32,
        seed=seed,
    )
    loss, optimizer = CrossEntropy(ignore_index=PADDING), Adam(model.parameters())
    schedule = Cosine(peak=LEARNING_RATE, steps=max(steps - WARM_UP, 1), warm_up=WARM_UP)
    for number in range(1, steps + 1):
        pairs = data.get_batch(BATCH)
        logits = model.forward(pairs.source, pairs.seen)
        value = float(loss.forward(logits, pairs.said))
        model.backward(loss.backward())
        optimizer.learning_rate = schedule(number - 1)
        optimizer.step(model.gradients())
        report(Step(number=number, loss=value, measures={"accuracy": token_accuracy(logits.argmax(axis=-1), pairs)}))
    pairs = data.get_batch(HELD_OUT)
    right = token_accuracy(written(model, pairs.source, pairs.said.shape[1]), pairs)
    return Result(
        reached=right >= ASKED, sentence=f"{right:.2%} of the tokens of new sequences written right, {ASKED:.0%} asked"
    )


def written(model: Transformer, source: np.ndarray, length: int) -> np.ndarray:
    """What the model writes for each source (N, S), token by token, each the most probable after its own: (N, length).

    >>> model = Transformer(vocab_size=5, d_model=4, n_heads=2, n_layers=1, d_ff=8)
    >>> written(model, np.array([[3, 4]]), 3).shape
    (1, 3)
    """
    seen = np.full((len(source), 1), BEGIN)
    for _ in range(length):
        following = model.forward(source, seen)[:, -1:].argmax(axis=-1)
        seen = np.concatenate([seen, following], axis=1)
    return seen[:, 1:]


def token_accuracy(answers: np.ndarray, pairs: Pairs) -> float:
    """The part of the tokens (N, T) to be said, the end among them and the padding not, that are answered."""
    is_token = pairs.said != PADDING
    return float(np.mean(answers[is_token] == pairs.said[is_token]))
