"""What there is to know about a model in training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step gave: its loss, and whatever else was measured on its batch, by name.

    >>> str(Step(number=20, loss=0.25, measures={"accuracy": 0.875}))
    'step    20  loss 0.25000  accuracy 0.875'
    """

    number: int
    loss: float
    measures: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        measures = "".join(f"  {name} {value:.3f}" for name, value in self.measures.items())
        return f"step {self.number:5}  loss {self.loss:.5f}{measures}"


Report = Callable[[Step], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a training came to: whether the stated result was reached, and the measurement in a sentence.

    >>> Result(reached=True, sentence="accuracy 99 %").levels
    {}

    Args:
        reached: Whether the stated result was reached.
        sentence: What was measured, and what was asked.
        levels: Name to loss, of what to compare the curve with.
    """

    reached: bool
    sentence: str
    levels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A model, its data, and the result it is to reach; each file of `tasks` exports one as TASK.

    Args:
        name: Its file's.
        summary: Which model learns what.
        stated: The result to be reached.
        steps: Of the optimizer, unless told otherwise; enough for the stated result.
        train: Maps seed, steps and a function that is told of every step to the result.
    """

    name: str
    summary: str
    stated: str
    steps: int
    train: Callable[[int, int, Report], Result]
