"""Why a gradient is wrong, in lines: what its headline has no room for, and the numbers behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.report.lines import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.types import CheckResult, Explanation

# Lines of explanations told before a person asks for more, the first of them whole; a failure has twelve in all.
SHORT = 2


def lines(result: CheckResult, *, verbosity: int, width: int) -> list[str]:
    """One line for each explanation that the headline does not hold, and with -v the numbers it rests on.

    Args:
        result: What a check found.
        verbosity: 0 for at most two explanations, 1 for all of them with their evidence.
        width: Columns.
    """
    told: list[str] = []
    for explanations in _together(result.explanations):
        first = explanations[0]
        if first.sentence not in result.headline:
            names = ", ".join(one.gradient for one in explanations)
            why = wrap(f"  why: {names}: {_sentence(first)}", width, indent="       ")
            if verbosity <= 0 and told and len(told) + len(why) > SHORT:
                break
            told += why
        if verbosity > 0:
            told += [line for one in explanations for text in one.evidence for line in _indented(text, width)]
    return told


def _sentence(explanation: Explanation) -> str:
    """The sentence; one that explains nothing goes on with the first of its numbers."""
    if explanation.holds or not explanation.evidence:
        return explanation.sentence
    return f"{explanation.sentence}: {explanation.evidence[0]}"


def _indented(text: str, width: int) -> list[str]:
    return wrap(f"       {text}", width, indent="         ")


def _together(explanations: Sequence[Explanation]) -> list[list[Explanation]]:
    """Gradients that are wrong for one reason, in the order of the first of each."""
    groups: dict[str, list[Explanation]] = {}
    for one in explanations:
        groups.setdefault(one.sentence if one.holds else _sentence(one), []).append(one)
    return list(groups.values())
