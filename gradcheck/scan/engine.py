"""From paths to findings: read, parse once, one search for all kinds, dispatch."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.scan import suppressions
from gradcheck.scan.documents import Document, document
from gradcheck.scan.facts.module import Module
from gradcheck.scan.facts.project import Project
from gradcheck.scan.model import Finding, Hit, Mark, Result, Rule, Settings, Severity, State, Step
from gradcheck.scan.registry import rules as every_rule
from gradcheck.source.parse import UnparsableError, damage, parse
from gradcheck.source.project import project_root, python_files
from gradcheck.source.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ast_grep_py import SgNode

#: What a file that cannot be read as it should is reported under.
BROKEN = "GRC900"


def scan(paths: Sequence[Path], *, settings: Settings, overlay: Mapping[Path, bytes] | None = None) -> Result:
    """Look through files and folders.

    Args:
        paths: Files and folders.
        settings: What to look for and how.
        overlay: Contents that stand in for those on disk, by absolute path; such a file need not exist.
    """
    chosen = active_rules(settings)
    instead = overlay or {}
    found: list[Finding] = []
    files = 0
    for path in paths:
        root = settings.root or project_root(path)
        names = python_files(path.as_posix()) if path.is_dir() else [path.as_posix()]
        for name in names:
            files += 1
            shown = Path(name).resolve().relative_to(root.resolve()).as_posix()
            data = instead.get(Path(name).absolute())
            found += scan_document(document(read_bytes(name) if data is None else data, shown), chosen, Project())
    return Result(findings=tuple(sorted(found, key=_order)), files=files)


def active_rules(settings: Settings) -> tuple[Rule, ...]:
    """The rules a run asks."""
    if settings.codes is None:
        return tuple(rule for rule in every_rule().values() if rule.state is State.STABLE)
    return tuple(
        rule for rule in every_rule().values() if rule.code in settings.codes and rule.state is not State.RETIRED
    )


def scan_text(text: str, *, path: str = "example.py", rules: Iterable[Rule] | None = None) -> list[Finding]:
    """The findings of one text, alone in its project; rules that run by default where none are given."""
    chosen = active_rules(Settings()) if rules is None else rules
    return scan_document(document(text.encode(), path), chosen, Project())


def scan_document(source: Document, chosen: Iterable[Rule], project: Project) -> list[Finding]:
    """The findings of one file that no comment in it silences."""
    asked = tuple(chosen)
    found = _examined(source, asked, project)
    known = {code for code, rule in every_rule().items() if rule.state is not State.RETIRED}
    return suppressions.apply(source, found, {rule.code for rule in asked}, known)


def _examined(source: Document, chosen: Iterable[Rule], project: Project) -> list[Finding]:
    try:
        root = parse(source.text)
    except UnparsableError as error:
        return [_broken(source, error)]
    broken = damage(root, source.text)
    found = [_broken(source, broken)] if broken else []
    module = Module(source, root, project)
    wanted: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in chosen:
        for kind in rule.kinds:
            wanted[kind].append(rule)
    for rule, node in _pairs(root, wanted):
        found += [_finding(rule, hit, module) for hit in rule.examine(node, module)]
    return found


def _pairs(root: SgNode, wanted: dict[str, list[Rule]]) -> Iterator[tuple[Rule, SgNode]]:
    for rule in wanted.get("module", ()):
        yield rule, root
    kinds = sorted(wanted.keys() - {"module"})
    if not kinds:
        return
    for node in root.find_all(any=[{"kind": kind} for kind in kinds]):
        for rule in wanted[node.kind()]:
            yield rule, node


def _finding(rule: Rule, hit: Hit, module: Module) -> Finding:
    step = _step(Mark(node=hit.node, note=""), module)
    return Finding(
        code=rule.code,
        path=module.path,
        span=step.span,
        message=hit.message,
        severity=rule.severity,
        why=rule.why,
        remedy=hit.remedy or rule.remedy,
        steps=tuple(_step(mark, module) for mark in hit.steps),
        fix=hit.fix,
        qualname=module.qualname(hit.node),
        source=step.source,
    )


def _step(mark: Mark | Step, module: Module) -> Step:
    if isinstance(mark, Step):
        return mark
    place = mark.node.range()
    start, end = (place.start.line, place.start.column), (place.end.line, place.end.column)
    begin = module.text.rfind("\n", 0, place.start.index) + 1
    line = module.text[begin:].partition("\n")[0] if place.start.index else module.text.partition("\n")[0]
    return Step(path=module.path, span=module.document.span(start, end), source=line.strip(), note=mark.note)


def _broken(source: Document, error: UnparsableError) -> Finding:
    line = max(error.line, 1) - 1
    return Finding(
        code=BROKEN,
        path=source.path,
        span=source.span((line, 0), (line, 0)),
        message=str(error),
        severity=Severity.ERROR,
    )


def _order(finding: Finding) -> tuple[str, int, int, int, str]:
    return (finding.path, finding.span.cell, finding.span.line, finding.span.column, finding.code)
