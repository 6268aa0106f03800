"""Samples cut from master sequences: small languages whose entropy is known exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np


class Encoding(Enum):
    """How tokens are handed to a model: numbers (...), one-hot (..., V), or rows of a fixed table (..., E)."""

    IDS = "ids"
    ONE_HOT = "one-hot"
    EMBEDDED = "embedded"


class Question(Enum):
    """What is asked of a sample: the token after each of its tokens, or which master it was cut from."""

    NEXT_TOKEN = "next token"  # noqa: S105 - a token of a language, not a password
    MASTER = "master"


def generated_masters(
    count: int, length: int | tuple[int, int], *, vocabulary_size: int, seed: int = 0
) -> list[np.ndarray]:
    """Random master sequences of one length, or of lengths drawn from a range, both ends included.

    >>> [len(master) for master in generated_masters(3, 5, vocabulary_size=4)]
    [5, 5, 5]
    >>> all(5 <= len(master) <= 9 for master in generated_masters(3, (5, 9), vocabulary_size=4))
    True
    """
    rng = np.random.default_rng(seed)
    low, high = (length, length) if isinstance(length, int) else length
    return [rng.integers(0, vocabulary_size, rng.integers(low, high + 1)) for _ in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Tokens (T + 1,), with the master they were cut from, where, and how probable it was to be cut there.

    master and start are -1 for random tokens.
    """

    tokens: np.ndarray
    master: int
    start: int
    probability: float


class MasterSequences:
    """Batches of samples, each cut from a master sequence chosen at random, from a place chosen at random.

    N samples, T tokens in each, V tokens in the vocabulary, E features of an embedded token.

    >>> data = MasterSequences(vocabulary_size=3, sample_length=4, masters=[[0, 1, 2, 0, 1, 2], [1, 0, 2, 1, 0]])
    >>> x, y = data.get_batch(2)
    >>> x.shape, y.shape
    ((2, 4), (2, 4))
    >>> print(data.inspect(1))
    2 master sequences over 3 tokens, samples of 4 as ids
    asked for the next token, at best 0.119 nats per answer
    master 0, 6 tokens: 0 1 2 0 1 2
    master 1, 5 tokens: 1 0 2 1 0
    sample of master 1 from 0: 1 0 2 1 -> 0 2 1 0

    Args:
        vocabulary_size: V.
        sample_length: T.
        masters: The master sequences; without any, every token is drawn at random and nothing can be learned.
        encoding: How the tokens of x are written.
        embedding_size: E, with Encoding.EMBEDDED; the table is drawn from the seed and never learned.
        question: What y answers.
        seed: Of the samples, and of the table.

    Raises:
        ValueError: A master is shorter than a sample and its next token, or has a token outside 0 .. V-1; there
            are none in the list; or random tokens are asked for their master.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        sample_length: int,
        masters: Sequence[Sequence[int] | np.ndarray] | None = None,
        encoding: Encoding = Encoding.IDS,
        embedding_size: int = 16,
        question: Question = Question.NEXT_TOKEN,
        seed: int = 0,
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self.sample_length = sample_length
        self.masters = None if masters is None else [np.asarray(master) for master in masters]
        self.encoding = encoding
        self.question = question
        self.rng = np.random.default_rng(seed)
        self.table = np.random.default_rng(seed).standard_normal((vocabulary_size, embedding_size))
        if self.masters == []:
            raise ValueError("masters is empty; give at least one, or None for random tokens")
        if self.masters is None and question is Question.MASTER:
            raise ValueError("random tokens have no master to ask for; give masters, or ask for the next token")
        for number, master in enumerate(self.masters or []):
            if len(master) <= sample_length:
                message = f"master {number} has {len(master)} tokens, expected more than sample_length={sample_length}"
                raise ValueError(message)
            if master.min() < 0 or master.max() >= vocabulary_size:
                message = f"master {number} spans {master.min()} .. {master.max()}, expected 0 .. {vocabulary_size - 1}"
                raise ValueError(message)

    def get_batch(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw `size` samples.

        Returns:
            x (N, T), (N, T, V) or (N, T, E) by encoding; y (N, T) the next tokens, or (N,) the masters' numbers.
        """
        windows = [self._window() for _ in range(size)]
        x = self._encoded(np.stack([window.tokens[:-1] for window in windows]))
        if self.question is Question.MASTER:
            return x, np.array([window.master for window in windows])
        return x, np.stack([window.tokens[1:] for window in windows])

    def every_window(self) -> list[Window]:
        """All samples that can be cut from the masters; none where tokens are random, which are too many."""
        return [
            self._cut(number, start)
            for number, master in enumerate(self.masters or [])
            for start in range(len(master) - self.sample_length)
        ]

    def entropy_bound(self) -> float:
        """The mean cross-entropy of the best possible answers, in nats; no model can have a lower expected loss.

        (1/T) sum_t H(token t+1 | tokens 0 .. t), or H(master | sample), counted over all samples there are.
        """
        if self.masters is None:
            return float(np.log(self.vocabulary_size))
        joint: defaultdict[tuple[tuple[int, ...], int], float] = defaultdict(float)
        for window in self.every_window():
            tokens = tuple(window.tokens.tolist())
            if self.question is Question.MASTER:
                joint[tokens[:-1], window.master] += window.probability
                continue
            for place in range(1, len(tokens)):
                joint[tokens[:place], tokens[place]] += window.probability
        given: defaultdict[tuple[int, ...], float] = defaultdict(float)
        for (known, _), weight in joint.items():
            given[known] += weight
        surprise = sum(weight * np.log(given[known] / weight) for (known, _), weight in joint.items())
        return float(surprise / (1 if self.question is Question.MASTER else self.sample_length))

    def inspect(self, count: int = 3) -> str:
        """Describe the masters and some samples in words, for a person to read."""
        number = "random tokens" if self.masters is None else f"{len(self.masters)} master sequences"
        lines = [
            f"{number} over {self.vocabulary_size} tokens, samples of {self.sample_length} as {self.encoding.value}",
            f"asked for the {self.question.value}, at best {self.entropy_bound():.3f} nats per answer",
        ]
        for index, master in enumerate(self.masters or []):
            lines.append(f"master {index}, {len(master)} tokens: {_words(master)}")
        for window in [self._window() for _ in range(count)]:
            origin = "random sample" if window.start < 0 else f"sample of master {window.master} from {window.start}"
            answer = str(window.master) if self.question is Question.MASTER else _words(window.tokens[1:])
            lines.append(f"{origin}: {_words(window.tokens[:-1])} -> {answer}")
        return "\n".join(lines)

    def _window(self) -> Window:
        if self.masters is None:
            tokens = self.rng.integers(0, self.vocabulary_size, self.sample_length + 1)
            probability = float(self.vocabulary_size) ** -len(tokens)
            return Window(tokens=tokens, master=-1, start=-1, probability=probability)
        number = int(self.rng.integers(len(self.masters)))
        return self._cut(number, int(self.rng.integers(len(self.masters[number]) - self.sample_length)))

    def _cut(self, number: int, start: int) -> Window:
        masters = self.masters or []
        starts = len(masters[number]) - self.sample_length
        tokens = masters[number][start : start + self.sample_length + 1]
        return Window(tokens=tokens, master=number, start=start, probability=1 / (len(masters) * starts))

    def _encoded(self, ids: np.ndarray) -> np.ndarray:
        if self.encoding is Encoding.IDS:
            return ids
        table = np.eye(self.vocabulary_size) if self.encoding is Encoding.ONE_HOT else self.table
        encoded: np.ndarray = table[ids]
        return encoded


def _words(tokens: np.ndarray) -> str:
    return " ".join(str(token) for token in tokens)
