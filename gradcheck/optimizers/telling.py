"""What an examination found, in words and numbers that JSON can carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.optimizers.driving import Drive
from gradcheck.optimizers.matching import Match, Observed, allowed
from gradcheck.optimizers.model import Family, Hyperparameters
from gradcheck.optimizers.simulate import path

#: Entries shown, worst first.
SHOWN = 4
NAMES = ("W", "b", "W2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one class; all of it built of what JSON can carry.

    Attributes:
        outcome: "passed", "failed" or "inconclusive".
        headline: The story in a line.
        compared: Steps that were compared.
        mismatches: (where, expected, actual, allowed), worst first.
        notes: How it departs from torch's form.
        hint: What to try.
        construction: How it was driven.
    """

    outcome: str
    headline: str
    construction: str
    compared: int = 0
    mismatches: list[tuple[str, float, float, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hint: list[str] = field(default_factory=list)


def right(drive: Drive, family: Family, variants: Sequence[str], *, compared: int) -> Answer:
    """The answer for a class that follows its rule."""
    name = drive.cls.__name__
    headline = f"{name} steps as {family.title} does"
    notes = [f"{name} takes a right variant of {family.title}: {words}" for words in variants]
    return Answer(outcome="passed", headline=headline, construction=_driven(drive), compared=compared, notes=notes)


def wrong(drive: Drive, family: Family, observed: Observed, match: Match, words: str = "") -> Answer:
    """The answer for a class that follows its rule but for one fault."""
    step, entries = _difference(observed, family, match)
    under = f" {words}" if words else ""
    return Answer(
        outcome="failed",
        headline=f"{drive.cls.__name__}{under}: step {step}: {match.fault}",
        construction=_driven(drive),
        compared=step,
        mismatches=entries,
        hint=[f"{family.title}: {family.summary}; here {_numbers(match)}"],
    )


def other(drive: Drive, family: Family, words: str, *, compared: int) -> Answer:
    """The answer for a class that follows another form of its rule than the one declared."""
    headline = f"{drive.cls.__name__} is declared to step as torch does, and takes a variant of {family.title}: {words}"
    return Answer(outcome="failed", headline=headline, construction=_driven(drive), compared=compared)


def halted(drive: Drive, error: BaseException, words: str) -> Answer:
    """The answer for a class whose step raises under one of its own settings."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    headline = f"{drive.cls.__name__} {words}: a step raised {reason}"
    return Answer(outcome="inconclusive", headline=headline, construction=_driven(drive))


def resting(drive: Drive, family: Family, observed: Observed, names: Sequence[str], words: str = "") -> Answer:
    """The answer for a class that moves some parameters as it should and others not at all."""
    under = f" {words}" if words else ""
    return Answer(
        outcome="failed",
        headline=f"{drive.cls.__name__}{under}: step 1: {', '.join(names)} did not move",
        construction=_driven(drive),
        compared=len(observed.path),
        hint=[f"the gradient of {names[0]} is not 0 and was read; the others move as {family.title} moves them"],
    )


def scaled(drive: Drive, family: Family, observed: Observed, match: Match, factor: float, *, proven: bool) -> Answer:
    """The answer for a class whose every step is a multiple of the right one."""
    step, entries = _difference(observed, family, match)
    fault = f"; {match.fault}" if match.fault else ""
    said = f"every step is {factor:.4g} times that of {family.title}{fault}"
    return Answer(
        outcome="failed" if proven else "inconclusive",
        headline=f"{drive.cls.__name__}: step {step}: {said}",
        construction=_driven(drive),
        compared=step,
        mismatches=entries,
        hint=[f"a factor that belongs to the learning rate may be hidden in its step: {factor:.6g}"],
    )


def still(drive: Drive, family: Family, observed: Observed) -> Answer:
    """The answer for a class whose step changes nothing."""
    start = observed.start[0].flat[0]
    gradient = observed.gradients[0][0].flat[0]
    return Answer(
        outcome="failed",
        headline=f"{drive.cls.__name__}: step 1: no parameter moved",
        construction=_driven(drive),
        compared=1,
        hint=[
            (
                f"{NAMES[0]}[0, 0] is {start:g} before and after, its gradient {gradient:g}; {family.title} moves it: "
                "`p -= ...` and `p[...] = ...` change the array, `p = p - ...` only the name in the loop"
            )
        ],
    )


def divided_by_zero(drive: Drive, family: Family, step: int) -> Answer:
    """The answer for a class that divides 0 by 0."""
    return Answer(
        outcome="failed",
        headline=f"{drive.cls.__name__}: step {step}: a gradient of 0 makes the parameter NaN: 0 / 0",
        construction=_driven(drive),
        compared=step,
        hint=[f"add a small epsilon to what {family.title} divides by, such as 1e-8"],
    )


def unexplained(
    drive: Drive, family: Family, observed: Observed, hypers: Sequence[Hyperparameters], words: str = ""
) -> Answer:
    """The answer for a class whose path no known form explains."""
    under = f" {words}" if words else ""
    entries: list[tuple[str, float, float, float]] = []
    where = ""
    if hypers:
        step, entries = _difference(observed, family, Match(choices=family.terms, hyperparameters=hypers[0]))
        where = f"; differs from torch's at step {step}"
    return Answer(
        outcome="inconclusive",
        headline=f"{drive.cls.__name__}{under} takes steps of no known form of {family.title}{where}",
        construction=_driven(drive),
        mismatches=entries,
    )


def _difference(observed: Observed, family: Family, match: Match) -> tuple[int, list[tuple[str, float, float, float]]]:
    """The first step at which a path leaves a form, and the entries that differ there, worst first."""
    simulated = path(family, match.choices, match.hyperparameters, observed.start, observed.gradients)
    for step, (actual, expected) in enumerate(zip(observed.path, simulated, strict=True), start=1):
        room = allowed(observed, match.hyperparameters, step)
        room = room if np.isfinite(room) else 0.0
        entries = [
            (f"{NAMES[i]}[{', '.join(map(str, at))}]", float(e[at]), float(a[at]), room)
            for i, (a, e) in enumerate(zip(actual, expected, strict=True))
            for at in np.ndindex(a.shape)
            if not abs(a[at] - e[at]) <= room
        ]
        if entries:
            entries.sort(key=lambda entry: -abs(entry[1] - entry[2]))
            return step, entries[:SHOWN]
    return len(observed.path), []


def _numbers(match: Match) -> str:
    h = match.hyperparameters
    said = {"learning_rate": h.learning_rate, "momentum": h.momentum, "weight_decay": h.weight_decay}
    return ", ".join(f"{name}={value:g}" for name, value in said.items() if value)


def _driven(drive: Drive) -> str:
    return f"{drive.cls.__name__}(...).{drive.method}, parameters as {drive.form}"
