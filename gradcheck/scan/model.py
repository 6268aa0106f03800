"""The nouns of the static half: rules, what they find, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module


class Severity(StrEnum):
    """How bad a finding is: an ERROR loses or falsifies a gradient, a WARNING may."""

    ERROR = "error"
    WARNING = "warning"


class State(StrEnum):
    """Whether a rule runs by default, with `--preview` only, or no more (its code stays taken)."""

    STABLE = "stable"
    PREVIEW = "preview"
    RETIRED = "retired"


class Precision(StrEnum):
    """How many of a rule's findings are real, in the words of SARIF."""

    VERY_HIGH = "very-high"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a file. Lines and columns count characters from 1; the end column is one past the last character.

    Attributes:
        line: First line; inside the cell when `cell` is not 0.
        column: First column.
        end_line: Last line.
        end_column: One past the last column.
        cell: 1-based cell of a notebook; 0 in a Python file.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    cell: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station of the path a value took: its source, an operation, its sink.

    Attributes:
        path: The file, posix, relative to the project root.
        span: Where.
        source: The line of code there, without the space around it.
        note: What happens there, a few words.
    """

    path: str
    span: Span
    source: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Characters `start` to `end` (0-based, of the text as scanned) to be replaced."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A rewrite that mends a finding.

    Attributes:
        message: What it does, an imperative sentence.
        edits: In order, not overlapping.
        safe: Whether no right program changes its meaning; others need `--unsafe-fixes`.
    """

    message: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found.

    Attributes:
        code: The rule's code.
        path: The file, posix, relative to the project root.
        span: Where it shows.
        message: What is wrong here, one sentence about this very code.
        severity: How bad it is.
        why: Why it matters, a sentence; the rule's own where the finding has no better.
        remedy: What to write instead.
        steps: The path of the value from source to sink; empty where there is none.
        fix: A rewrite that mends it, or None.
        qualname: Dotted name of the function or class around it, "" at module level; what fingerprints are made of.
        source: The line of code at its start, without the space around it.
    """

    code: str
    path: str
    span: Span
    message: str
    severity: Severity
    why: str = ""
    remedy: str = ""
    steps: tuple[Step, ...] = ()
    fix: Fix | None = None
    qualname: str = ""
    source: str = ""

    @property
    def place(self) -> tuple[str, int, int, int, str]:
        """What findings are ordered by."""
        return (self.path, self.span.cell, self.span.line, self.span.column, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A `Step` as a rule writes it: a node and what happens there."""

    node: SgNode
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A `Finding` as a rule writes it; the engine adds code, path, positions and the rule's own words.

    Attributes:
        node: Where it shows.
        message: One sentence about this very code, without a full stop.
        steps: The path of the value, from source to sink; `Step` for stations in other files.
        remedy: What to write here; the rule's own by default.
        fix: A rewrite, or None.
    """

    node: SgNode
    message: str
    steps: tuple[Mark | Step, ...] = ()
    remedy: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A snippet a rule proves itself on; a whole file of Python.

    Attributes:
        text: The source.
        fixed: What fixing makes of it, unsafe fixes included; "" where the rule offers no fix for it.
    """

    text: str
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing `scan` looks for: a file in `gradcheck/scan/rules/` exports one as `RULE`.

    Attributes:
        code: `GRC` and three digits; never reused.
        name: The file's name, words joined by `_`.
        summary: What it finds, one line without a full stop.
        why: Why that matters: what happens to the gradient.
        remedy: What to write instead.
        severity: How bad a finding is.
        state: Whether it runs by default.
        precision: How many of its findings are real.
        needles: The file is looked at only where one of these byte strings occurs; empty: every file. After
            `def ` it is looked for where functions are defined alone, after `def *` anywhere on such a line.
        worth: Asked of a file before it is parsed for this rule: whether the rule may find anything, as the text tells.
            It errs on the side of yes; None: always.
        kinds: Kinds of syntax nodes it wants to see; with `module` it is asked once a file, and given None: the file
            is parsed only where it asks for something of the tree.
        examine: Asked for each such node; yields what it finds.
        bad: At least three snippets in which it finds something (with the fixed text where it fixes).
        good: At least three snippets in which it finds nothing.
    """

    code: str
    name: str
    summary: str
    why: str
    remedy: str
    severity: Severity
    examine: Callable[[Any, Module], Iterable[Hit]]
    kinds: frozenset[str]
    bad: tuple[Example, ...]
    good: tuple[str, ...]
    needles: tuple[bytes, ...] = ()
    worth: Callable[[Module], bool] | None = None
    state: State = State.STABLE
    precision: Precision = Precision.HIGH


class Entry(NamedTuple):
    """What decides whether a rule is needed, known before its file is loaded; the fields are the rule's."""

    code: str
    name: str
    state: State
    needles: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run is to do; made from options and configuration.

    Attributes:
        root: The project root, absolute: paths are told relative to it, facts are gathered below it. None: each
            path's own.
        codes: Codes that may be reported; None: every stable rule.
        exclude: Patterns of files and folders left out below the paths given, as in a .gitignore in the root.
        respect_gitignore: Whether what git ignores is left out too.
        force_exclude: Whether files given by name are left out as well where a pattern says so.
        tensor_types: Names of the tensor classes; empty: learnt from the code.
        edge_attributes: Attributes that attach a result to its inputs, beside those learnt.
        raw_attributes: Attributes that give a tensor's plain array, beside those learnt.
        jobs: Processes; 0: one per processor.
        cache: Folder of the cache; None: no cache.
    """

    root: Path | None = None
    codes: frozenset[str] | None = None
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False
    tensor_types: tuple[str, ...] = ()
    edge_attributes: tuple[str, ...] = ()
    raw_attributes: tuple[str, ...] = ()
    jobs: int = 0
    cache: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run found.

    Attributes:
        findings: By path, cell, line, column and code.
        files: How many files were read.
        warnings: What a person should know beside the findings, one line each.
        unusable: Paths given that could not be used, one line each; the command ends with 2.
    """

    findings: tuple[Finding, ...] = ()
    files: int = 0
    warnings: tuple[str, ...] = ()
    unusable: tuple[str, ...] = field(default=())
