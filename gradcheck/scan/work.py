"""One file: bytes to findings and to what it tells the rest of the project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from gradcheck.scan.dataflow.asking import left_out_of, summaries_of
from gradcheck.scan.documents import Document, document
from gradcheck.scan.facts.classes import ClassSketch, may_hold_a_tape
from gradcheck.scan.facts.module import Module
from gradcheck.scan.facts.outline import classes_in
from gradcheck.scan.facts.project import FileFacts, Project, Question, Summary, patches_in
from gradcheck.scan.files import Source
from gradcheck.scan.model import Entry, Finding, Hit, Mark, Rule, Settings, Severity, Span, Step
from gradcheck.scan.registry import codes_known, load
from gradcheck.scan.sieve import Sieve, Words
from gradcheck.source.parse import MAX_LINE, UnparsableError, has_long_line
from gradcheck.source.reading import MAX_BYTES, read_bytes

#: What a file that cannot be read as it should is reported under.
BROKEN = "GRC900"
#: The kind of node that is the whole file, and of one that could not be read.
_ROOT, _ERROR = "module", "ERROR"
_CLASS_WORDS = (b"backward", b"Module", b"Tensor", b"parameters", b"Layer")
#: A rule that no file can make raise is a promise to be kept by the engine: what is nested deeper is not followed.
_TOO_DEEP = "is nested too deeply to be followed here; split the expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one file.

    Attributes:
        facts: What it tells the project.
        findings: What was found, by position.
        asked: What it asked the project, and what it was told.
    """

    facts: FileFacts
    findings: tuple[Finding, ...] = ()
    asked: dict[Question, object] = field(default_factory=dict)


def examine_file(source: Source, sieve: Sieve, project: Project | None, settings: Settings) -> Outcome:
    """Read one file and ask the rules.

    Args:
        source: The file.
        sieve: The rules to ask; of none when only facts are wanted.
        project: The whole project; None when only the file itself is known yet.
        settings: What was configured.
    """
    path = source.path
    try:
        data = read_bytes(source.file) if source.data is None else source.data
    except OSError as error:
        message = f"cannot be read ({error.strerror or error}); make it readable or exclude it"
        return Outcome(facts=FileFacts(path=path), findings=tuple(_unreadable(path, message, sieve)))
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1_000_000} MB and was skipped; split it or exclude it"
        return Outcome(facts=FileFacts(path=path), findings=tuple(_unreadable(path, message, sieve)))
    return examine_bytes(data, path, sieve, project, settings)


def examine_bytes(data: bytes, path: str, sieve: Sieve, project: Project | None, settings: Settings) -> Outcome:
    """The same for bytes at hand."""
    patches = patches_in(data)
    facts = FileFacts(path=path, patches=patches)
    words = Words(data)
    wanted = [_loaded(rule) for rule in sieve.wanted(words)]
    has_classes = b"class " in words.definitions and any(word in words.names for word in _CLASS_WORDS)
    if not wanted and not has_classes:
        return Outcome(facts=facts)
    source = document(data, path)
    told = any(rule.code == BROKEN for rule in wanted)
    problems = [_broken(source, problem.line, problem.message) for problem in source.problems] if told else []
    wanted_by = _by_kind(wanted)
    names = "" if path.endswith(".ipynb") else words.names.decode("ascii")
    module = Module(source, project or Project(), wanted_by.keys() - {_ROOT}, names)
    try:
        # What the file tells is found with the file alone in view, so that it is the same whatever surrounds it.
        if project is None:
            told_first = replace(facts, **_told_of_classes(module, has_classes=has_classes))
            module.project = project_of([told_first], settings, lambda _: module.sketches)
        known = module.project
        known.asked = {}
        if has_long_line(source.text):
            module.nodes(_ERROR)  # questions about a place on a line cost its length: the tree answers them
        found, summaries = _asked(module, wanted_by, told=told, alone=project is None)
        if module.is_passed_over and not module.is_regular:
            module.forget()
            module.nodes(_ERROR)  # with a tree nothing is passed over
            found, summaries = _asked(module, wanted_by, told=told, alone=project is None)
        if told:
            broken = module.damage
            damaged = [_broken(source, broken.line, str(broken))] if broken else []
            found = [*problems, *damaged, *found, *_left_out(module)]
        if "gradcheck:" in source.text:
            from gradcheck.scan import suppressions

            found = suppressions.apply(source, found, {rule.code for rule in sieve.rules}, codes_known())
        told_classes = _told_of_classes(module, has_classes=has_classes)
    except UnparsableError as error:
        return Outcome(facts=facts, findings=(*problems, *([_broken(source, error.line, str(error))] if told else ())))
    finally:
        module.forget()
        if project is None:
            module.project.forget_reader()
    told_project = known.facts_of(path) if project else replace(facts, summaries=summaries, **told_classes)
    return Outcome(facts=told_project, findings=tuple(sorted(found, key=_place_of)), asked=known.asked)


def _asked(
    module: Module, wanted: Mapping[str, Sequence[Rule]], *, told: bool, alone: bool
) -> tuple[list[Finding], dict[str, Summary]]:
    """What the rules find, and what the file tells of its helpers when it is read alone."""
    return [*_asked_rules(module, wanted, told=told)], summaries_of(module) if alone else {}


def _told_of_classes(module: Module, *, has_classes: bool) -> dict[str, Any]:
    """What a file's facts say of its classes: themselves where it is parsed anyway, or where one may be a tape's."""
    if not has_classes:
        return {}
    if module.is_parsed or may_hold_a_tape(module.defined):
        return {"classes": module.sketches}
    return {"unread": tuple(sorted(classes_in(module.text)))}


def classes_of(source: Source) -> tuple[ClassSketch, ...]:
    """The classes of a file that was told of by their names alone."""
    try:
        data = read_bytes(source.file) if source.data is None else source.data
        return Module(document(data, source.path), Project()).sketches
    except (OSError, UnparsableError):  # told where the file is examined
        return ()


def _loaded(rule: Entry | Rule) -> Rule:
    return load(rule.name) if isinstance(rule, Entry) else rule


def project_of(
    files: Iterable[FileFacts], settings: Settings, read: Callable[[str], Iterable[ClassSketch]] | None = None
) -> Project:
    """A project of many files; `read` gives the classes of one that was not parsed, by its path."""
    return Project(
        files,
        read=read,
        tensor_types=settings.tensor_types,
        raw_attributes=settings.raw_attributes,
        edge_attributes=settings.edge_attributes,
    )


def _by_kind(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules that want to see each kind of node."""
    wanted: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for kind in rule.kinds:
            wanted[kind].append(rule)
    return wanted


def _asked_rules(module: Module, wanted: Mapping[str, Sequence[Rule]], *, told: bool) -> Iterator[Finding]:
    deep = False
    for kind, every in wanted.items():
        rules = [rule for rule in every if rule.worth is None or module.is_parsed or rule.worth(module)]
        if not rules:
            continue
        for node in module.nodes(kind) if kind != _ROOT else (None,):
            for rule in rules:
                try:
                    yield from [_finding(rule, hit, module) for hit in rule.examine(node, module)]
                except RecursionError:
                    if told and not deep:
                        yield _broken(module.document, (node or module.root).range().start.line + 1, _TOO_DEEP)
                    deep = True


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
    finish = module.text.find("\n", place.start.index)
    line = module.text[begin : finish if finish >= 0 else None].strip()
    return Step(path=module.path, span=module.document.span(start, end), source=line[:_LONGEST_LINE], note=mark.note)


def _broken(source: Document, line: int, message: str) -> Finding:
    place = max(line, 1) - 1
    return Finding(
        code=BROKEN,
        path=source.path,
        span=source.span((place, 0), (place, 0)),
        message=f"the file {message}",
        severity=Severity.ERROR,
    )


def _left_out(module: Module) -> Iterator[Finding]:
    for start, name in left_out_of(module):
        where = f"`{name}`" if name else "the statements outside of functions"
        message = f"was not followed in {where}: a line there has more than {MAX_LINE} characters; break it"
        yield _broken(module.document, module.text.count("\n", 0, start) + 1, message)


def _unreadable(path: str, message: str, sieve: Sieve) -> Iterator[Finding]:
    if any(rule.code == BROKEN for rule in sieve.rules):
        span = Span(line=1, column=1, end_line=1, end_column=1)
        yield Finding(code=BROKEN, path=path, span=span, message=f"the file {message}", severity=Severity.ERROR)


_place_of = attrgetter("place")
#: Characters kept of a line that a finding stands on.
_LONGEST_LINE = 400
