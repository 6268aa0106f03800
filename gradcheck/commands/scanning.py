"""What `gradcheck scan` does: paths to projects with settings; each is scanned, mended, compared with its baseline."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gradcheck.errors import UsageError
from gradcheck.scan import config
from gradcheck.scan.codes import Choice, matching, resolve
from gradcheck.scan.config import ScanTable
from gradcheck.scan.engine import scan
from gradcheck.scan.model import Finding, Result, Settings
from gradcheck.scan.patterns import Patterns, patterns
from gradcheck.scan.registry import catalogue, rules
from gradcheck.scan.reporting import Confirmation, counted
from gradcheck.source.project import root_of

Confirmations = Mapping[Finding, Confirmation]

#: Where a baseline is kept that nobody gave a name.
BASELINE = "gradcheck-baseline.json"
#: Where outcomes are kept between runs, below a project root.
CACHE = Path(".gradcheck") / "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked for.

    Attributes:
        start: The folder they stand in.
        names: Paths as typed.
        overlay: What is read instead of files, by absolute path.
        options: The options of the command line.
    """

    start: Path
    names: tuple[str, ...]
    overlay: Mapping[Path, bytes]
    options: argparse.Namespace


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One project to be scanned.

    Attributes:
        root: Its root.
        paths: What to scan of it, absolute.
        settings: How.
        ignores: Patterns of files, and the codes not reported there.
        baseline: Its baseline; None for none.
        output_format: The format it configures; "" for none.
        warnings: What a person should know, one line each.
    """

    root: Path
    paths: tuple[Path, ...]
    settings: Settings
    ignores: tuple[tuple[Patterns, frozenset[str]], ...] = ()
    baseline: Path | None = None
    output_format: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it; paths of findings are relative to `base`."""

    base: Path
    findings: tuple[Finding, ...] = ()
    files: int = 0
    accepted: int = 0
    fixed: int = 0
    contents: Mapping[Path, bytes] = field(default_factory=dict)
    output_format: str = ""
    warnings: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()


def projects(request: Request) -> tuple[list[Plan], list[str]]:
    """The projects that the paths lie in, and the paths that cannot be used, one line each.

    Raises:
        ConfigurationError: The settings of a project are not valid.
        UsageError: An option names a rule or a folder that is not there.
    """
    options = request.options
    given = absolute(options.project_root, request.start) if options.project_root else None
    if given is not None and not given.is_dir():
        raise UsageError(f"--project-root: there is no folder {options.project_root!r}")
    roots: dict[Path, list[Path]] = {}
    unusable: list[str] = []
    for name in request.names:
        path = absolute(name, request.start)
        if path not in request.overlay and not os.path.lexists(path):
            unusable.append(_missing(name, path))
        elif given is not None and not path.is_relative_to(given):
            unusable.append(f"{name}: lies outside the project root {given}")
        else:
            roots.setdefault(given or root_of(path, start=request.start), []).append(path)
    if len(roots) > 1 and (options.baseline or options.write_baseline):
        found = ", ".join(root.name for root in roots)
        raise UsageError(f"a baseline belongs to one project, and these are {len(roots)} ({found}); scan one at a time")
    return [_plan(root, paths, request) for root, paths in roots.items()], unusable


def scan_projects(plans: Sequence[Plan], request: Request) -> Outcome:
    """Scan, mend and compare project after project; what was mended is not written yet."""
    outcomes = [_scan(plan, request) for plan in plans]
    if len(outcomes) == 1:
        return outcomes[0]
    base = Path(os.path.commonpath([outcome.base for outcome in outcomes])) if outcomes else request.start
    return Outcome(
        base=base,
        findings=tuple(moved for outcome in outcomes for moved in _moved(outcome, base)),
        files=sum(outcome.files for outcome in outcomes),
        accepted=sum(outcome.accepted for outcome in outcomes),
        fixed=sum(outcome.fixed for outcome in outcomes),
        contents={file: data for outcome in outcomes for file, data in outcome.contents.items()},
        output_format=next((outcome.output_format for outcome in outcomes if outcome.output_format), ""),
        warnings=tuple(line for outcome in outcomes for line in outcome.warnings),
        unusable=tuple(line for outcome in outcomes for line in outcome.unusable),
    )


def write_contents(outcome: Outcome) -> None:
    """Write what was mended."""
    for file, data in outcome.contents.items():
        file.write_bytes(data)


def difference(outcome: Outcome, request: Request) -> str:
    """What was mended as a unified diff."""
    import difflib

    parts: list[str] = []
    for file, after in outcome.contents.items():
        before = request.overlay[file] if file in request.overlay else file.read_bytes()
        shown = Path(os.path.relpath(file, request.start)).as_posix()
        old, new = (
            [line.decode("utf-8", "replace") for line in data.splitlines(keepends=True)] for data in (before, after)
        )
        parts += difflib.unified_diff(old, new, f"a/{shown}", f"b/{shown}")
    return "".join(part if part.endswith("\n") else f"{part}\n\\ No newline at end of file\n" for part in parts)


def absolute(name: str, start: Path) -> Path:
    """A path as typed, made absolute; links stay as they are: resolving one would lead out of the project."""
    return Path(os.path.abspath(start / name))  # noqa: PTH100


def told(plan: Plan) -> str:
    """The settings of a project, for `--show-settings`."""
    settings = plan.settings
    lines = [f"root = {str(plan.root)!r}", f"paths = {[str(path) for path in plan.paths]}"]
    lines += [f"rules = {sorted(settings.codes or ())}", f"exclude = {list(settings.exclude)}"]
    lines += [f"respect-gitignore = {settings.respect_gitignore}", f"force-exclude = {settings.force_exclude}"]
    for key in ("tensor_types", "edge_attributes", "raw_attributes"):
        lines.append(f"{key.replace('_', '-')} = {list(getattr(settings, key)) or 'learnt from the code'}")
    lines.append(f"baseline = {str(plan.baseline) if plan.baseline else 'none'}")
    lines.append(f"output-format = {plan.output_format or 'chosen by the command'}")
    lines += [f"jobs = {settings.jobs or 'one per processor'}", f"cache = {settings.cache or 'none'}", ""]
    return "\n".join(lines)


def _plan(root: Path, paths: Sequence[Path], request: Request) -> Plan:
    options = request.options
    table = config.read(root, rules())
    chosen = resolve(_layers(table, options), catalogue(), preview=bool(options.preview or table.preview))
    settings = Settings(
        root=root,
        codes=chosen.codes,
        exclude=(*table.exclude, *options.exclude),
        respect_gitignore=table.respect_gitignore and not options.no_respect_gitignore,
        force_exclude=bool(options.force_exclude or table.force_exclude),
        tensor_types=table.tensor_types,
        edge_attributes=table.edge_attributes,
        raw_attributes=table.raw_attributes,
        jobs=options.jobs,
        cache=None if options.no_cache or request.overlay else root / CACHE,
    )
    return Plan(
        root=root,
        paths=tuple(paths),
        settings=settings,
        ignores=tuple(_per_file_ignores(table, options)),
        baseline=_baseline(root, table, request),
        output_format=table.output_format,
        warnings=chosen.warnings,
    )


def _layers(table: ScanTable, options: argparse.Namespace) -> list[Choice]:
    configured = Choice(select=table.select, extend=table.extend_select, ignore=table.ignore)
    select, extend, ignore = (_words(one) for one in (options.select, options.extend_select, options.ignore))
    return [configured, Choice(select=select or None, extend=extend, ignore=ignore)]


def _words(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for text in given for word in text.split(",") if word.strip())


def _per_file_ignores(table: ScanTable, options: argparse.Namespace) -> Iterator[tuple[Patterns, frozenset[str]]]:
    for pattern, words in table.per_file_ignores.items():
        yield patterns([pattern]), _codes(words, "per-file-ignores")
    for text in options.per_file_ignores:
        pattern, separator, codes = text.rpartition(":")
        if not separator or not pattern or not _words([codes]):
            raise UsageError(f"--per-file-ignores: {text!r} is not PATTERN:CODES, such as tests/*:GRC1")
        yield patterns([pattern]), _codes(_words([codes]), "--per-file-ignores")


def _codes(words: Sequence[str], where: str) -> frozenset[str]:
    return frozenset(code for word in words for code in matching(word, rules(), where))


def _baseline(root: Path, table: ScanTable, request: Request) -> Path | None:
    if request.options.baseline:
        return absolute(request.options.baseline, request.start)
    if table.baseline or request.options.write_baseline:
        return root / (table.baseline or BASELINE)
    return None


def _scan(plan: Plan, request: Request) -> Outcome:
    options = request.options

    def once(contents: Mapping[Path, bytes]) -> Result:
        result = scan(plan.paths, settings=plan.settings, overlay=contents)
        return dataclasses.replace(result, findings=tuple(one for one in result.findings if not _is_ignored(one, plan)))

    fixed, contents, warnings = 0, dict[Path, bytes](), list(plan.warnings)
    if options.fix or options.diff:
        from gradcheck.scan.fixes import fix_all

        done = fix_all(plan.root, once, unsafe=options.unsafe_fixes, original=request.overlay)
        result, fixed, contents = done.result, done.count, dict(done.contents)
        warnings += done.warnings
    else:
        result = once(request.overlay)
    findings, accepted, said = _compared(result, plan, options)
    return Outcome(
        base=plan.root,
        findings=findings,
        files=result.files,
        accepted=accepted,
        fixed=fixed,
        contents=contents,
        output_format=plan.output_format,
        warnings=(*warnings, *result.warnings, *said),
        unusable=tuple(line.removeprefix(f"{request.start}{os.sep}") for line in result.unusable),
    )


def _is_ignored(finding: Finding, plan: Plan) -> bool:
    return any(finding.code in codes and pattern.leaves_out(finding.path) for pattern, codes in plan.ignores)


def _compared(
    result: Result, plan: Plan, options: argparse.Namespace
) -> tuple[tuple[Finding, ...], int, tuple[str, ...]]:
    """The findings that are new, how many are accepted, and what changed in the baseline."""
    if plan.baseline is None:
        return result.findings, 0, ()
    from gradcheck.scan import baseline

    if options.write_baseline:
        baseline.write(plan.baseline, baseline.accepted(result.findings))
        return (), len(result.findings), ()
    entries = baseline.read(plan.baseline)
    whole = plan.root in plan.paths
    # What was left out for this run alone is not mended.
    all_told = not options.exclude and not options.per_file_ignores
    scanned = {path for path, *_ in entries if all_told and (whole or _is_below(plan.root / path, plan.paths))}
    compared = baseline.compare(entries, result.findings, codes=plan.settings.codes or (), is_gone=scanned)
    if not compared.gone or options.diff:
        return compared.new, compared.accepted, ()
    baseline.write(plan.baseline, compared.entries)
    said = f"{plan.baseline.name}: {counted(compared.gone, 'finding')} found no more, taken out of the baseline"
    return compared.new, compared.accepted, (said,)


def _is_below(file: Path, paths: Sequence[Path]) -> bool:
    return any(file.is_relative_to(path) for path in paths)


def _moved(outcome: Outcome, base: Path) -> Iterator[Finding]:
    prefix = outcome.base.relative_to(base).as_posix()
    for finding in outcome.findings:
        steps = tuple(dataclasses.replace(step, path=f"{prefix}/{step.path}") for step in finding.steps)
        yield dataclasses.replace(finding, path=f"{prefix}/{finding.path}", steps=steps)


def _missing(name: str, path: Path) -> str:
    from gradcheck.cases.declaring.validation import nearest

    known = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    return f"{name}: there is no such file or folder{nearest(path.name, known)}"
