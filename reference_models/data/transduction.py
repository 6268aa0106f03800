"""Sequences to be written down again, as they are or reversed: the first tasks of an encoder with a decoder."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

PADDING, BEGIN, END = range(3)
SPECIAL = 3  # the tokens above


class Order(Enum):
    """In which order the source is to be written."""

    COPY = "copy"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """N sources, what the decoder has seen so far at each position, and what it is to say there.

    source (N, S), seen and said (N, S + 1); where a sequence has ended there is PADDING.
    """

    source: np.ndarray
    seen: np.ndarray
    said: np.ndarray


class Transduction:
    """Random sequences with their copy or their reverse.

    >>> data = Transduction(Order.REVERSE, symbols=5, length=(2, 4), seed=1)
    >>> pairs = data.get_batch(2)
    >>> pairs.source
    array([[5, 6, 7, 0],
           [3, 7, 0, 0]])
    >>> pairs.seen
    array([[1, 7, 6, 5, 0],
           [1, 7, 3, 0, 0]])
    >>> pairs.said
    array([[7, 6, 5, 2, 0],
           [7, 3, 2, 0, 0]])
    >>> print(data.inspect(2))
    sequences of 2 to 4 out of 5 symbols, to be written in reverse order
    4 4 7 5 -> 5 7 4 4
    7 4 -> 4 7

    Args:
        order: Of what is to be written.
        symbols: How many tokens there are beside PADDING, BEGIN and END.
        length: Tokens of a source, or their range, both ends included.
        seed: Of the sequences.
    """

    def __init__(self, order: Order, *, symbols: int, length: int | tuple[int, int], seed: int = 0) -> None:
        self.order = order
        self.vocabulary_size = SPECIAL + symbols
        self.shortest, self.longest = (length, length) if isinstance(length, int) else length
        self.rng = np.random.default_rng(seed)

    def get_batch(self, size: int) -> Pairs:
        """Draw `size` pairs."""
        source = np.full((size, self.longest), PADDING)
        seen, said = np.full((size, self.longest + 1), PADDING), np.full((size, self.longest + 1), PADDING)
        for row in range(size):
            length = int(self.rng.integers(self.shortest, self.longest + 1))
            tokens = self.rng.integers(SPECIAL, self.vocabulary_size, length)
            written = tokens[::-1] if self.order is Order.REVERSE else tokens
            source[row, :length] = tokens
            seen[row, : length + 1] = [BEGIN, *written]
            said[row, : length + 1] = [*written, END]
        return Pairs(source=source, seen=seen, said=said)

    def inspect(self, count: int = 3) -> str:
        """Describe the task and some new pairs in words, for a person to read."""
        symbols = self.vocabulary_size - SPECIAL
        manner = "reverse" if self.order is Order.REVERSE else "the same"
        lines = [
            f"sequences of {self.shortest} to {self.longest} out of {symbols} symbols, to be written in {manner} order"
        ]
        pairs = self.get_batch(count)
        for source, said in zip(pairs.source, pairs.said, strict=True):
            lines.append(
                " -> ".join(" ".join(str(token) for token in row if token >= SPECIAL) for row in (source, said))
            )
        return "\n".join(lines)
