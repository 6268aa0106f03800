"""The words of a comparison of two runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcheck.report.comparing import Change, changes
from gradcheck.report.conditions import Facts
from gradcheck.report.lines import columns, count, wrap
from gradcheck.report.schema import Document

#: What a changed line is called, the first that holds.
WORDS = {"vanished": "vanished", "new_failure": "new failure", "fixed": "fixed", "lost": "lost", "new": "new"}
WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a comparison came to: its lines, and the changes for which the expression holds."""

    lines: Sequence[str]
    failing: Sequence[Change]


def difference(
    earlier: Document, later: Document, names: tuple[str, str], fails: Callable[[Facts], bool], expression: str
) -> Difference:
    """Compare two runs.

    Args:
        earlier: The run that is compared with.
        later: The run that is judged.
        names: What the two are called.
        fails: Facts of a change -> whether it is one that must not be.
        expression: The same in words.
    """
    told: list[Change] = []
    failing: list[Change] = []
    for group in changes(earlier, later):
        check, gradients = group[0], group[1:]
        wrong = [one for one in gradients if fails(one.facts)] or [one for one in (check,) if fails(one.facts)]
        notable = [one for one in gradients if one.is_notable] or [one for one in (check,) if one.is_notable]
        failing += wrong
        told += [one for one in group if one in wrong or one in notable]
    lines = columns([_run(name, run) for name, run in zip(names, (earlier, later), strict=True)], indent="")
    lines += _unlike(earlier, later)
    reasons = dict(one.partition(": ")[::2] for one in later.missing)
    ordered = sorted(told, key=lambda one: one not in failing)
    lines += [line for one in ordered for line in _line(one, reasons, fails=one in failing)]
    facts = [one.facts for one in told]
    counted = [(sum(bool(one[fact]) for one in facts), word) for fact, word in WORDS.items()]
    lines.append(", ".join(f"{word} {number}" for number, word in counted if number) or "no outcome changed")
    if failing:
        lines.append(f"{count(len(failing), 'change')} for which --fail holds: {expression}")
    return Difference(lines=lines, failing=failing)


def _run(name: str, run: Document) -> tuple[str, ...]:
    commit = run.surroundings.commit[:10] + ("+" if run.surroundings.changed else "")
    return (name, run.created.partition("+")[0], commit, f"{run.counts.checked} checked", f"{run.counts.wrong} wrong")


def _unlike(earlier: Document, later: Document) -> list[str]:
    """What makes two runs hard to compare."""
    pairs = {
        "seeds": (earlier.settings.seed, later.settings.seed),
        "profiles": (earlier.settings.profile, later.settings.profile),
        "versions of gradcheck": (earlier.surroundings.gradcheck, later.surroundings.gradcheck),
    }
    unlike = [f"note: the {word} differ: {one} and {other}" for word, (one, other) in pairs.items() if one != other]
    missing = f"note: {count(len(later.missing), 'check')} of the later run missing: nothing is known of them"
    return [*unlike, missing] if later.missing else unlike


def _line(change: Change, reasons: dict[str, str], *, fails: bool) -> list[str]:
    facts = change.facts
    word = next((words for fact, words in WORDS.items() if facts[fact]), "changed")
    said = f"{change.before.outcome or 'not there'} -> {change.after.outcome or 'not there'}"
    if change.before.outcome == change.after.outcome:
        said = change.after.outcome
    if change.before.error != change.after.error:
        times = facts["error_ratio"]
        grown = f", {times:.3g} times" if math.isfinite(times) and times > 0 else ""
        said += f", largest error {change.before.error:.1e} -> {change.after.error:.1e}{grown}"
    if not change.after.outcome and (reason := reasons.get(change.name)):
        said += f" ({reason})"
    return wrap(f"{'! ' if fails else '  '}{word}: {change.name}: {said}", WIDTH, indent="      ")
