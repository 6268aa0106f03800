"""`gradcheck scan --confirm`: the class of a finding is built and its gradients are checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.commands.checking import examine
from gradcheck.report import summary
from gradcheck.run import Runner
from gradcheck.scan.model import Finding
from gradcheck.scan.reporting import Confirmation, Word
from gradcheck.source.discovery import layers_in_file
from gradcheck.source.project import project_root

if TYPE_CHECKING:
    from gradcheck.source.model import LayerSite

#: What a wrong backward shows in: a missing or misshapen gradient, or a wrong one.
CHECKS = ("contract", "gradient")


def confirm(findings: Iterable[Finding], base: Path) -> Mapping[Finding, Confirmation]:
    """What running the classes of the findings says about them.

    Args:
        findings: Their paths are relative to `base`.
        base: Absolute.

    Raises:
        ConfigurationError: The settings of a project are not valid.
    """
    runners: dict[Path, Runner] = {}
    sites: dict[str, tuple[LayerSite, ...]] = {}
    said: dict[str, Confirmation] = {}
    answers: dict[Finding, Confirmation] = {}
    for finding in findings:
        file = base / finding.path
        root = project_root(file)
        if finding.path not in sites:
            is_source = file.suffix == ".py" and file.is_file()
            sites[finding.path] = layers_in_file(file, root).sites if is_source else ()
        site = _site(finding, sites[finding.path])
        if site is None:
            reason = "it is not inside a class with a forward and a backward, which could be built and checked"
            answers[finding] = Confirmation(word=Word.UNTESTED, reason=reason)
            continue
        if site.identity not in said:
            said[site.identity] = _ran(site, runners.setdefault(root, Runner(root)))
        answers[finding] = said[site.identity]
    return answers


def _site(finding: Finding, sites: Iterable[LayerSite]) -> LayerSite | None:
    """The layer a finding is in: the innermost whose name its own begins with, or whose `class` line it stands on."""
    inside = [
        site
        for site in sites
        if f"{finding.qualname}.".startswith(f"{site.qualname}.") or site.line == finding.span.line
    ]
    return max(inside, key=lambda site: len(site.qualname), default=None)


def _ran(site: LayerSite, runner: Runner) -> Confirmation:
    entries = [step.entry for step in examine(site, runner, CHECKS)]
    wrong = next((entry for entry in entries if entry.outcome == summary.FAILED), None)
    if wrong:
        return Confirmation(word=Word.CONFIRMED, reason=f"{wrong.check} failed: {wrong.reason}")
    if any(entry.check == "gradient" and entry.outcome == summary.PASSED for entry in entries):
        reason = f"every gradient of {site.qualname} agrees with finite differences on the inputs that were tried"
        return Confirmation(word=Word.REFUTED, reason=reason)
    entry = entries[-1]
    return Confirmation(word=Word.UNTESTED, reason=f"{site.qualname}: {entry.check} {entry.outcome}: {entry.reason}")
