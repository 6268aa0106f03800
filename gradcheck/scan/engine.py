"""From paths to findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gradcheck.scan.files import gather
from gradcheck.scan.model import Finding, Result, Rule, Settings
from gradcheck.scan.registry import chosen, load


def scan(paths: Sequence[Path], *, settings: Settings, overlay: Mapping[Path, bytes] | None = None) -> Result:
    """Look through files and folders.

    Args:
        paths: Files and folders.
        settings: What to look for and how.
        overlay: What is read instead of files, by absolute path; such a file need not exist.
    """
    gathered = gather(paths, settings, overlay or {})
    found: list[Finding] = []
    files = 0
    for root, sources in gathered.projects.items():
        if sources:
            from gradcheck.scan.settling import findings_of  # it loads all that reads a file

            found += findings_of(root, list(sources.values()), settings)
            files += len(sources)
    warnings = [] if files or gathered.unusable else ["no Python file was found under the paths given"]
    return Result(
        findings=tuple(sorted(found, key=lambda finding: finding.place)),
        files=files,
        warnings=(*gathered.warnings, *warnings),
        unusable=tuple(gathered.unusable),
    )


def scan_text(
    text: str, *, path: str = "example.py", rules: Iterable[Rule] | None = None, settings: Settings | None = None
) -> list[Finding]:
    """The findings of one text, alone in its project; the rules that run by default where none are given."""
    from gradcheck.scan.settling import findings_in

    known = settings or Settings()
    asked = tuple(rules) if rules is not None else active_rules(known)
    return findings_in(text.encode("utf-8", "surrogatepass"), path, asked, known)


def active_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules a run asks."""
    return tuple(load(entry.name) for entry in chosen(settings))
