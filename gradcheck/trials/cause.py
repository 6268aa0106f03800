"""What a cause is: one explanation, and how near to the root it lies."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from gradcheck.trials.observed import Observed
from gradcheck.types import Diagnosis


class Stage(enum.IntEnum):
    """What a fault spoils: everything of a later stage may be its consequence."""

    DATA = 0
    FORWARD = 1
    START = 2
    GRADIENT = 3
    DEPTH = 4
    USE = 5
    UPDATE = 6
    RATE = 7
    OUTCOME = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One explanation of a training that goes wrong.

    Attributes:
        name: The cause's name, its file's.
        summary: One line.
        stage: What the fault spoils; causes of the first stage at which one holds are reported, later ones wait.
        examine: Answers with FAILED only where the explanation holds beyond doubt.
    """

    name: str
    summary: str
    stage: Stage
    examine: Callable[[Observed], Diagnosis]
