"""A small text, character by character: seven sonnets of William Shakespeare, printed in 1609 and nobody's property."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CORPUS = Path(__file__).with_name("sonnets.txt")
HELD_OUT = 0.1  # the end of the text, which is never trained on


class Characters:
    """Pieces of the text with the character after each character.

    >>> data = Characters()
    >>> print(data.decode(data.ids[:39]))
    Shall I compare thee to a summer's day?
    >>> x, y = data.get_batch(2, 16)
    >>> x.shape, np.array_equal(x[:, 1:], y[:, :-1])
    ((2, 16), True)

    Args:
        seed: Of the pieces.
    """

    def __init__(self, *, seed: int = 0) -> None:
        text = CORPUS.read_text(encoding="utf-8")
        self.alphabet = sorted(set(text))
        numbers = {character: number for number, character in enumerate(self.alphabet)}
        self.ids = np.array([numbers[character] for character in text])
        held_out = int(HELD_OUT * len(self.ids))
        self.training, self.held_out = self.ids[:-held_out], self.ids[-held_out:]
        self.rng = np.random.default_rng(seed)

    def get_batch(self, size: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Cut `size` pieces from the training text: x (size, length), and y, the character after each."""
        starts = self.rng.integers(0, len(self.training) - length, size)
        pieces = self.training[starts[:, np.newaxis] + np.arange(length + 1)]
        return pieces[:, :-1], pieces[:, 1:]

    def decode(self, ids: np.ndarray) -> str:
        """Turn numbers (n,) back into text."""
        return "".join(self.alphabet[number] for number in ids)

    def pair_entropy(self) -> float:
        """Mean surprise in nats at the held-out text of one who knows how often each character follows each other.

        Counted on the training text, with one added to every count: what a model must beat to have learned more than
        pairs.
        """
        counts = np.ones((len(self.alphabet), len(self.alphabet)))
        np.add.at(counts, (self.training[:-1], self.training[1:]), 1)
        probability = counts / counts.sum(axis=1, keepdims=True)
        return float(-np.log(probability[self.held_out[:-1], self.held_out[1:]]).mean())
