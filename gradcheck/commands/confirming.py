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

#: What a finding shows in when its layer runs, by the beginning of its code; the longest that fits counts. A graph that
#: is cut or a wrong formula is a wrong gradient, a wrong shape breaks the contract, what is written to in place
#: changes between runs. How a layer is trained, or registered with another, shows in no check of the layer itself.
CHECKS = {
    "GRC": ("contract", "gradient"),
    "GRC1": ("contract", "gradient", "determinism"),
    "GRC3": (),
    "GRC4": (),
    "GRC6": ("gradient",),
    "GRC9": (),
}


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
    said: dict[tuple[str, tuple[str, ...]], Confirmation] = {}
    answers: dict[Finding, Confirmation] = {}
    for finding in findings:
        file = base / finding.path
        root = project_root(file)
        if finding.path not in sites:
            is_source = file.suffix == ".py" and file.is_file()
            sites[finding.path] = layers_in_file(file, root).sites if is_source else ()
        site = _site(finding, sites[finding.path])
        checks = checks_for(finding.code)
        if not checks:
            reason = f"no check of one layer shows what {finding.code} is about"
            answers[finding] = Confirmation(word=Word.UNTESTED, reason=reason)
            continue
        if site is None:
            reason = "it is not inside a class with a forward and a backward, which could be built and checked"
            answers[finding] = Confirmation(word=Word.UNTESTED, reason=reason)
            continue
        if (site.identity, checks) not in said:
            said[site.identity, checks] = _ran(site, runners.setdefault(root, Runner(root)), checks)
        answers[finding] = said[site.identity, checks]
    return answers


def checks_for(code: str) -> tuple[str, ...]:
    """The checks that show whether a finding of a rule is real."""
    return CHECKS[max((start for start in CHECKS if code.startswith(start)), key=len, default="GRC")]


def _site(finding: Finding, sites: Iterable[LayerSite]) -> LayerSite | None:
    """The layer a finding is in: the innermost whose name its own begins with, or whose `class` line it stands on."""
    inside = [
        site
        for site in sites
        if f"{finding.qualname}.".startswith(f"{site.qualname}.") or site.line == finding.span.line
    ]
    return max(inside, key=lambda site: len(site.qualname), default=None)


def _ran(site: LayerSite, runner: Runner, checks: tuple[str, ...]) -> Confirmation:
    entries = [step.entry for step in examine(site, runner, checks)]
    wrong = next((entry for entry in entries if entry.outcome == summary.FAILED), None)
    if wrong:
        return Confirmation(word=Word.CONFIRMED, reason=f"{wrong.check} failed: {wrong.reason}")
    if any(entry.check == "gradient" and entry.outcome == summary.PASSED for entry in entries):
        reason = f"every gradient of {site.qualname} agrees with finite differences on the inputs that were tried"
        return Confirmation(word=Word.REFUTED, reason=reason)
    if not entries:
        reason = f"{site.qualname} has other checks: gradcheck check {site.identity}"
        return Confirmation(word=Word.UNTESTED, reason=reason)
    entry = entries[-1]
    return Confirmation(word=Word.UNTESTED, reason=f"{site.qualname}: {entry.check} {entry.outcome}: {entry.reason}")
