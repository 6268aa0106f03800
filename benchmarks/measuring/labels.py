"""Labels of raw extractions in public code, and how the findings of a scan compare with them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Verdict(StrEnum):
    """What is said of an extraction, or of what a scan found."""

    RIGHT = "right"
    CUT = "cut"  # a gradient is lost: to be found
    EITHER = "either"  # dead code, or a matter of opinion: counted neither way


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One verdict on some extractions.

    Attributes:
        file: The file, posix, relative to the checkout.
        lines: Lines of the extractions.
        verdict: What they are.
        rules: Codes that find it, the likeliest first; none where it is right.
        at: Line on which the cut is completed, where that is another.
        why: In words of its own.
    """

    file: str
    lines: tuple[int, ...]
    verdict: Verdict
    rules: tuple[str, ...] = ()
    at: int = 0
    why: str = ""

    def covers(self, file: str, line: int, code: str) -> bool:
        """Whether a finding is about it."""
        return file == self.file and (line in self.lines or line == self.at) and code in self.rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A repository and what was said of it.

    Attributes:
        repository: Owner and name.
        commit: The commit that was read.
        state: "before" or "after": when it was labelled, as the development of the rules goes.
        scope: Pattern of the files that were read; empty: all.
        sites: Verdicts on extractions.
        findings: Verdicts on what a scan found elsewhere; made after it was seen.
    """

    repository: str
    commit: str
    state: str
    scope: str
    sites: tuple[Label, ...]
    findings: tuple[Label, ...] = ()

    def is_within(self, file: str) -> bool:
        """Whether a file is one of those that were read."""
        return re.search(self.scope, file) is not None


@dataclass(slots=True, kw_only=True)
class Score:
    """Counts by rule.

    Attributes:
        found: Cuts that were found, by the rule that was named first.
        missed: Cuts that were not.
        true: Findings that are cuts, by their own rule.
        false: Findings that are none.
        unread: Findings that were not judged.
    """

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    true: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Count those of another as well."""
        for mine, others in zip(self._counters(), other._counters(), strict=True):
            mine.update(others)

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.found, self.missed, self.true, self.false, self.unread


def read(file: Path) -> Labelled:
    """Read the labels of one repository.

    Raises:
        ValueError: Something in it is no label.
    """
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        return Labelled(
            repository=told["repository"],
            commit=told["commit"],
            state=told["state"],
            scope=told["scope"],
            sites=tuple(_label(one) for one in told["sites"]),
            findings=tuple(_label(one) for one in told.get("findings", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name}: {error}") from error


def _label(told: dict[str, object]) -> Label:
    lists = {key: tuple(value) for key, value in told.items() if isinstance(value, list)}
    # TOML's values are of any type; Label refuses names it does not know.
    return Label(**{**told, **lists, "verdict": Verdict(told["verdict"])})  # type: ignore[arg-type] # as said above


def score(labelled: Labelled, findings: Sequence[tuple[str, int, str]], *, about_extractions: Iterable[str]) -> Score:
    """Compare what a scan found, each a file, a line and a code, with what was said.

    Args:
        labelled: What was said.
        findings: What was found.
        about_extractions: Codes of the rules about values that leave a graph: whatever they find beside a cut is a
            false alarm. What another rule finds counts where it was judged.
    """
    counts = Score()
    every = frozenset(about_extractions)
    within = [one for one in findings if labelled.is_within(one[0])]
    for site in labelled.sites:
        if site.verdict is Verdict.CUT:
            hit = any(site.covers(*one) for one in within)
            (counts.found if hit else counts.missed)[site.rules[0]] += 1
    for one in within:
        verdicts = {label.verdict for label in (*labelled.sites, *labelled.findings) if label.covers(*one)}
        if Verdict.CUT in verdicts:
            counts.true[one[2]] += 1
        elif Verdict.EITHER in verdicts:
            continue
        elif Verdict.RIGHT in verdicts or one[2] in every:
            counts.false[one[2]] += 1
        else:
            counts.unread[one[2]] += 1
    return counts
