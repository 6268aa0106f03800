"""What judging the gradients of one point led to."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.judging.locating import Located
from gradcheck.types import Evidence, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an oracle led to.

    Attributes:
        oracle: The oracle's name.
        quantities: One per gradient; empty where the oracle was refused.
        located: What is known of those that failed.
        compared: Numbers compared.
        notes: What a person should know, one sentence each.
        evidence: The arrays behind those that failed, in the order of `located`.
        refusal: Why the oracle was not used, "" where it was.
    """

    oracle: str
    quantities: tuple[Quantity, ...] = ()
    located: tuple[Located, ...] = ()
    compared: int = 0
    notes: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    refusal: str = ""
