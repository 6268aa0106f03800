"""What one sequence of calls showed."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.types import Mismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one sequence of calls showed.

    Attributes:
        compared: How many gradients and values were compared.
        told: The sequence in a few words, for the table; "" where there is nothing to tell.
        failure: What is wrong, as the end of the headline; "" where nothing is.
        mismatches: Where, worst first.
        hint: What may be the cause.
        notes: What a person may want to know.
        warnings: What is risky.
    """

    compared: int = 0
    told: str = ""
    failure: str = ""
    mismatches: tuple[Mismatch, ...] = ()
    hint: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def failed(failure: str, wrong: dict[str, tuple[Mismatch, ...]], compared: int, *hint: str) -> Found:
    """A failure with the mismatches of the first wrong gradient."""
    return Found(compared=compared, failure=failure, mismatches=next(iter(wrong.values()), ()), hint=hint)
