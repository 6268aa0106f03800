"""Findings that are known and accepted: a file without line numbers, which loses what was mended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from gradcheck.errors import ConfigurationError
from gradcheck.scan.fingerprints import identity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from gradcheck.scan.model import Finding

VERSION = 1

_Key = tuple[str, str, str, str]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Accepted findings that look alike.

    Attributes:
        path: The file, posix, relative to the project root.
        code: The rule's code.
        within: Dotted name of the function or class around them, "" at module level.
        source: The line of code, with single spaces.
        count: How many there are.
    """

    path: str
    code: str
    within: str = ""
    source: str = ""
    count: int = 1


class BaselineFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file as written."""

    version: int
    findings: list[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Findings beside a baseline.

    Attributes:
        new: Those it does not hold.
        accepted: How many it holds.
        entries: What the file should say from now on.
        gone: How many accepted findings are no more.
    """

    new: tuple[Finding, ...]
    accepted: int
    entries: Counter[_Key]
    gone: int


def accepted(findings: Iterable[Finding]) -> Counter[_Key]:
    """The entries that accept the findings."""
    return Counter(identity(finding) for finding in findings)


def compare(
    entries: Counter[_Key], findings: Iterable[Finding], *, codes: Collection[str], is_gone: Collection[str]
) -> Compared:
    """Tell new findings from accepted ones.

    Args:
        entries: The baseline.
        findings: What was found.
        codes: Codes that were looked for; entries with others are kept.
        is_gone: Files that were scanned or exist no more; entries of others are kept.
    """
    left = entries.copy()
    new = []
    for finding in findings:
        same = identity(finding)
        if left[same] > 0:
            left[same] -= 1
        else:
            new.append(finding)
    mended = Counter({key: count for key, count in left.items() if count and key[0] in is_gone and key[1] in codes})
    return Compared(
        new=tuple(new),
        accepted=(entries - left).total(),
        entries=entries - mended,
        gone=mended.total(),
    )


def read(file: Path) -> Counter[_Key]:
    """The entries of a baseline.

    Raises:
        ConfigurationError: The file is missing, or is none that this version wrote.
    """
    try:
        stored = msgspec.json.decode(file.read_bytes(), type=BaselineFile)
    except FileNotFoundError as error:
        raise ConfigurationError(f"{file}: there is no such baseline; make one with --write-baseline") from error
    except (OSError, msgspec.MsgspecError, UnicodeError) as error:
        raise ConfigurationError(f"{file}: is no baseline: {error}; make one with --write-baseline") from error
    if stored.version != VERSION:
        message = (
            f"{file}: has version {stored.version}, this gradcheck knows {VERSION}; make it anew with --write-baseline"
        )
        raise ConfigurationError(message)
    found: Counter[_Key] = Counter()
    for entry in stored.findings:
        found[(entry.path, entry.code, entry.within, entry.source)] += entry.count
    return found


def write(file: Path, entries: Counter[_Key]) -> None:
    """Write a baseline, sorted, so that two people's baselines merge."""
    findings = [
        Entry(path=path, code=code, within=within, source=source, count=count)
        for (path, code, within, source), count in sorted(entries.items())
        if count > 0
    ]
    encoded = msgspec.json.encode(BaselineFile(version=VERSION, findings=findings))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(encoded, indent=1) + b"\n")
