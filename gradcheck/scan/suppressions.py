"""Comments that silence findings: on a line, for a block, for a file; and what is wrong with such comments.

w = Tensor(x.data)  # gradcheck: ignore[GRC001] a leaf is meant here
# gradcheck: ignore-block[GRC101] on or above the line that begins a block: the whole of it
# gradcheck: ignore-file[GRC201] on a line of its own, anywhere: the whole file
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.scan.model import Edit, Finding, Fix, Severity
from gradcheck.source.parse import UnparsableError, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ast_grep_py import SgNode

    from gradcheck.scan.documents import Document

UNUSED, BLANKET = "GRC901", "GRC902"
#: What is wrong with the file or with a comment itself; a comment cannot silence the first.
BROKEN = "GRC900"
UNUSED_REMEDY = "Remove the code, or the whole comment (--fix does)."
BLANKET_REMEDY = "Name the codes that are meant, such as `# gradcheck: ignore[GRC001] reason`."

_DIRECTIVE = re.compile(
    r"(?:^|(?<=\s))\#[ \t]*gradcheck:[ \t]*(ignore(?:-block|-file)?)(?![\w-])(?:[ \t]*\[([^\]\#]*)\])?"
)
_SIMPLE = ("expression_statement", "return_statement", "assert_statement", "raise_statement", "delete_statement",
           "import_statement", "import_from_statement", "future_import_statement", "global_statement",
           "nonlocal_statement", "type_alias_statement")  # fmt: skip
_COMPOUND = ("function_definition", "class_definition", "if_statement", "elif_clause", "else_clause", "for_statement",
             "while_statement", "with_statement", "try_statement", "except_clause", "finally_clause", "match_statement",
             "case_clause", "decorated_definition")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A directive as written.

    Attributes:
        form: "ignore", "ignore-block" or "ignore-file".
        codes: As named; None where no brackets were written.
        first: First 0-based line it covers; -1: nothing.
        last: Last 0-based line it covers.
        line: 0-based line it stands on.
        start: Offset of its `#` in the text.
        end: Offset past its brackets, or past its last word.
        until: Offset of the end of its reason: the next `#` of the comment, or the end of the line.
        listing: Offset of what stands inside its brackets; -1 where there are none.
    """

    form: str
    codes: tuple[str, ...] | None
    first: int
    last: int
    line: int
    start: int
    end: int
    until: int
    listing: int


@dataclass(slots=True)
class _Directive:
    place: _Place
    used: dict[str, None] = field(default_factory=dict)

    def silences(self, finding: Finding, line: int) -> bool:
        """Whether it does, and remember it."""
        place = self.place
        if not place.first <= line <= place.last or (place.codes is not None and finding.code not in place.codes):
            return False
        self.used[finding.code] = None
        return True


def apply(
    document: Document, findings: Iterable[Finding], active: Collection[str], known: Collection[str]
) -> list[Finding]:
    """The findings that no comment silences, and those about the comments themselves.

    Args:
        document: The file.
        findings: All findings of that file.
        active: Codes of the rules that were asked; a comment for another may well be used in another run.
        known: Codes of all rules that are not retired.
    """
    found = list(findings)
    if "gradcheck:" not in document.text:
        return found
    try:
        root = parse(document.text)
    except UnparsableError:
        return found
    directives = [_Directive(place) for place in _places(document.text, root)]
    told = [finding for finding in found if not _silenced(finding, directives, document)]
    about = [said for directive in directives for said in _about(directive, document, active, known)]
    return told + [finding for finding in about if not _silenced(finding, directives, document)]


def _silenced(finding: Finding, directives: Sequence[_Directive], document: Document) -> bool:
    if finding.code == BROKEN:
        return False
    line = document.line(finding.span)
    own = finding.code in {UNUSED, BLANKET}
    # A comment without codes does not excuse itself.
    asked = [directive for directive in directives if not own or directive.place.codes is not None]
    # Every comment that silences a finding is in use, not only the first.
    return max((directive.silences(finding, line) for directive in asked), default=False)


def _places(text: str, root: SgNode) -> Iterator[_Place]:
    comments = [node for node in root.find_all(kind="comment") if "gradcheck:" in node.text()]
    if not comments:
        return
    statements = _statements(root)
    blocks = _blocks(root)
    for comment in comments:
        begin = comment.range().start
        written = comment.text()
        alone = not text[begin.index - begin.column : begin.index].strip()
        for match in _DIRECTIVE.finditer(written):
            form, listed = match[1], match[2]
            following = written.find("#", match.end())
            first, last = _covered(form, begin.line, alone=alone, text=text, statements=statements, blocks=blocks)
            yield _Place(
                form=form,
                codes=None if listed is None else tuple(code.strip() for code in listed.split(",")),
                first=first,
                last=last,
                line=begin.line,
                start=begin.index + match.start(),
                end=begin.index + match.end(),
                until=begin.index + (len(written) if following < 0 else following),
                listing=-1 if listed is None else begin.index + match.start(2),
            )


def _statements(root: SgNode) -> list[tuple[int, int]]:
    """First and last line of every statement, of a compound one without its block; those of one line left out."""
    found = []
    for node in root.find_all(any=[{"kind": kind} for kind in (*_SIMPLE, *_COMPOUND)]):
        place = node.range()
        last = place.end.line
        if node.kind() in _COMPOUND:
            colon = next((child for child in node.children() if child.kind() == ":"), None)
            last = colon.range().start.line if colon else place.start.line
        if last > place.start.line:
            found.append((place.start.line, last))
    return found


def _blocks(root: SgNode) -> dict[int, int]:
    """First line to last line of every compound statement; decorators belong to what they decorate."""
    found: dict[int, int] = {}
    for node in root.find_all(any=[{"kind": kind} for kind in _COMPOUND]):
        place = node.range()
        found[place.start.line] = max(found.get(place.start.line, 0), place.end.line)
    return found


def _covered(
    form: str,
    line: int,
    *,
    alone: bool,
    text: str,
    statements: Sequence[tuple[int, int]],
    blocks: dict[int, int],
) -> tuple[int, int]:
    lines = text.split("\n")
    if form == "ignore-file":
        return (0, len(lines)) if alone else (-1, -1)
    meant = _next_code(lines, line) if alone else line
    around = [span for span in statements if span[0] <= meant <= span[1]]
    first, last = min(around, key=lambda span: span[1] - span[0], default=(meant, meant))
    if form == "ignore":
        return first, last
    return (first, blocks[first]) if first in blocks else (-1, -1)


def _next_code(lines: Sequence[str], line: int) -> int:
    after = line + 1
    while after < len(lines) and (not lines[after].strip() or lines[after].lstrip().startswith("#")):
        after += 1
    return after


def _about(
    directive: _Directive, document: Document, active: Collection[str], known: Collection[str]
) -> Iterator[Finding]:
    place = directive.place
    if place.codes is None:
        if BLANKET in active:
            yield _blanket(directive, document)
        return
    if UNUSED not in active:
        return
    checked = [code for code in place.codes if code not in {UNUSED, BLANKET}]
    unused = [code for code in checked if code not in directive.used and (code in active or code not in known)]
    if unused:
        kept = [code for code in place.codes if code not in unused]
        message = f"{_reason(place, unused, known)}; nothing is silenced by this comment"
        yield _finding(UNUSED, message, UNUSED_REMEDY, _without(place, kept, document.text), place, document)


def _reason(place: _Place, unused: Sequence[str], known: Collection[str]) -> str:
    names = ", ".join(f"`{code}`" for code in unused)
    if BROKEN in unused:
        return f"`{BROKEN}` cannot be silenced"
    if unknown := [code for code in unused if code not in known]:
        return f"there is no rule {', '.join(f'`{code}`' for code in unknown)}" if any(unknown) else "no code is named"
    if place.first < 0:
        where = "begins no block" if place.form == "ignore-block" else "is not on a line of its own"
        return f"`{place.form}` {where}"
    return f"{names} is not found here" if len(unused) == 1 else f"{names} are not found here"


def _blanket(directive: _Directive, document: Document) -> Finding:
    place = directive.place
    if directive.used:
        codes = ", ".join(sorted(directive.used))
        edit = Edit(start=place.end, end=place.end, replacement=f"[{codes}]")
        fix = Fix(message=f"Name {codes}", edits=(edit,), safe=True)
    else:
        fix = _without(place, (), document.text)
    message = f"`{place.form}` names no code and silences whatever will be found here"
    return _finding(BLANKET, message, BLANKET_REMEDY, fix, place, document)


def _without(place: _Place, kept: Sequence[str], text: str) -> Fix:
    if kept:
        closing = text.index("]", place.listing)
        edit = Edit(start=place.listing, end=closing, replacement=", ".join(kept))
        return Fix(message="Remove the codes that silence nothing", edits=(edit,), safe=True)
    start, end = place.start, place.until
    if end == len(text) or text[end] == "\n":
        start = len(text[:start].rstrip(" \t"))
        if (start == 0 or text[start - 1] == "\n") and end < len(text):
            end += 1  # a line of its own goes altogether
    return Fix(message="Remove the comment", edits=(Edit(start=start, end=end, replacement=""),), safe=True)


def _finding(code: str, message: str, remedy: str, fix: Fix, place: _Place, document: Document) -> Finding:
    begin = document.text.rfind("\n", 0, place.start) + 1
    written = document.text[begin:].partition("\n")[0]
    return Finding(
        code=code,
        path=document.path,
        span=document.span((place.line, place.start - begin), (place.line, place.end - begin)),
        message=message,
        severity=Severity.WARNING,
        remedy=remedy,
        fix=fix,
        source=written.strip(),
    )
