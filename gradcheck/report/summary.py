"""The account of a whole run: layers found, checked, inconclusive, not built, with a reason each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.report.lines import ELLIPSIS, count, wrap
from gradcheck.source.optimizers import OPTIMIZER
from gradcheck.source.trainings import TRAINING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH = 80
# Entries listed under one heading before a person asks for more; the section stays on one screen.
LISTED = 10

# What is counted, and apart from it: what has a check of its own kind, by that check's name.
LAYER = "layer"
NO_LAYERS = {OPTIMIZER: "optimizer", TRAINING: "training", "operators": "tape"}

# The step before the checks; it is no check, but it has an entry and an item of its own.
BUILD = "build"

PASSED = "passed"
FAILED = "failed"
INCONCLUSIVE = "inconclusive"
NOT_APPLICABLE = "not applicable"
NOT_BUILT = "not built"
LEFT_OUT = "left out"
BROKEN = "broken"
WITHOUT_VERDICT = "without verdict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What became of one check of one layer, in words only: it crosses process borders.

    Attributes:
        layer: The layer's identity.
        check: The check's name, or "build".
        outcome: One of the words above; `BROKEN` is a check that raised, a mistake of gradcheck's own;
            `WITHOUT_VERDICT` is a build that went well and a check that had no layer to examine.
        reason: Why it is not passed, one line.
        remedy: Lines that would mend a layer that was not built.
        notes: What a person should know.
        compared: What was compared, for a check that passed.
    """

    layer: str
    check: str
    outcome: str
    reason: str = ""
    remedy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Layers, optimizers and trainings, counted; one may be both checked and inconclusive.

    Attributes:
        found: All of them.
        kinds: What they are, to how many there are of it.
    """

    found: int
    kinds: Mapping[str, int]
    checked: int
    wrong: int
    inconclusive: int
    not_built: int
    left_out: int
    broken: int


def tally(entries: Iterable[Entry]) -> Counts:
    """Count the layers of a run by what became of their checks."""
    outcomes: dict[str, set[str]] = {}
    kinds: dict[str, str] = {}
    for entry in entries:
        outcomes.setdefault(entry.layer, set()).add(entry.outcome)
        kinds[entry.layer] = NO_LAYERS.get(entry.check, LAYER)
    named = list(kinds.values())
    return Counts(
        found=len(outcomes),
        kinds={kind: named.count(kind) for kind in (LAYER, *NO_LAYERS.values()) if kind in named},
        checked=sum(bool(found & {PASSED, FAILED}) for found in outcomes.values()),
        wrong=sum(FAILED in found for found in outcomes.values()),
        inconclusive=sum(INCONCLUSIVE in found for found in outcomes.values()),
        not_built=sum(NOT_BUILT in found for found in outcomes.values()),
        left_out=sum(found == {LEFT_OUT} for found in outcomes.values()),
        broken=sum(BROKEN in found for found in outcomes.values()),
    )


def summary_lines(
    entries: Sequence[Entry],
    *,
    problems: Sequence[str] = (),
    verbosity: int = 0,
    width: int = WIDTH,
    found: int = 0,
    told: bool = False,
) -> list[str]:
    """The counts, then what a person should read: each list is cut short until it is asked for.

    Args:
        entries: What became of every check.
        problems: Files that could not be read, one line each.
        verbosity: 1 lists everything, and what passing checks compared.
        width: Columns; a remedy is never cut.
        found: Layers that were found, for a run that checked none of them.
        told: Whether what passing checks compared has been told as they passed.
    """
    limit = None if verbosity > 0 else LISTED
    # Every item of a layer that was not built may say so; the account says it once.
    not_built: dict[str, list[str]] = {}
    for entry in entries:
        if entry.outcome == NOT_BUILT:
            not_built.setdefault(entry.layer, _with_remedy(entry, width))
    sections = [
        _listed(list(not_built.values()), limit, "layer"),
        _listed([_entry(e, "broken", width) for e in entries if e.outcome == BROKEN], limit, "check"),
        _listed([_entry(e, "inconclusive", width) for e in entries if e.outcome == INCONCLUSIVE], limit, "check"),
        _listed([_entry(e, "left out", width) for e in _left_out(entries)], limit, "check"),
        _listed([_said("note", text, width) for text in _notes(entries)], limit, "note"),
        _listed([_said("problem", text, width) for text in problems], limit, "problem"),
    ]
    if verbosity > 0 and not told:
        sections.append([line for entry in entries for line in _compared(entry)])
    return [
        *wrap(_counted(tally(entries), found), width, indent="    "),
        *(line for section in sections for line in section),
    ]


def _counted(counts: Counts, found: int) -> str:
    if not counts.found and found:
        return f"{count(found, 'layer')} found, none of them examined"
    if not counts.found:
        return "no layers found: a layer is a class with a forward and a backward method"
    said = [
        f"{', '.join(count(number, kind) for kind, number in counts.kinds.items())} found",
        f"{counts.checked} checked",
        f"{counts.wrong} wrong",
        f"{counts.inconclusive} inconclusive",
        f"{counts.not_built} not built",
    ]
    rare = [(counts.left_out, "left out"), (counts.broken, "broken")]
    return ", ".join([*said, *(f"{number} {words}" for number, words in rare if number)])


def _listed(items: Sequence[list[str]], limit: int | None, noun: str) -> list[str]:
    shown = items[:limit]
    lines = [line for item in shown for line in item]
    left_out = len(items) - len(shown)
    return [*lines, f"{ELLIPSIS} {count(left_out, f'more {noun}')} (-v)"] if left_out else lines


def _with_remedy(entry: Entry, width: int) -> list[str]:
    return [*_said("not built", f"{entry.layer}: {entry.reason}", width), *(f"    {line}" for line in entry.remedy)]


def _entry(entry: Entry, word: str, width: int) -> list[str]:
    # The reason of a skip begins with the word the line begins with.
    reason = entry.reason.removeprefix(f"{word}: ")
    where = entry.layer if entry.check == BUILD else f"{entry.layer}::{entry.check}"
    return _said(word, f"{where}: {reason}", width)


def _said(word: str, text: str, width: int) -> list[str]:
    return wrap(f"{word}: {text}", width, indent="    ")


def _left_out(entries: Sequence[Entry]) -> list[Entry]:
    """What was left out; a layer that was left out as a whole once, not once more for each of its checks."""
    found = [entry for entry in entries if entry.outcome == LEFT_OUT]
    whole = {entry.layer for entry in found if entry.check == BUILD}
    return [entry for entry in found if entry.check == BUILD or entry.layer not in whole]


def _notes(entries: Sequence[Entry]) -> list[str]:
    """Every note once, behind the layers it was made for: the same habit is noted on layer after layer."""
    layers: dict[str, list[str]] = {}
    for entry in entries:
        for note in entry.notes:
            known = layers.setdefault(note, [])
            if entry.layer not in known:
                known.append(entry.layer)
    return [f"{known[0]}{_others(len(known) - 1)}: {note}" for note, known in layers.items()]


def _others(number: int) -> str:
    return f" and {count(number, 'other layer')}" if number else ""


def _compared(entry: Entry) -> list[str]:
    return [f"{entry.layer}::{entry.check}", *(f"    {line}" for line in entry.compared)] if entry.compared else []
