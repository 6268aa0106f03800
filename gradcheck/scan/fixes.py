"""Fixes made: those that do not overlap, round after round until none is left; what would not parse is not written."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.scan.documents import document
from gradcheck.scan.rewriting import RewriteError, rewritten
from gradcheck.source.parse import UnparsableError, damage, parse
from gradcheck.source.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcheck.scan.model import Edit, Finding, Fix, Result

#: Rounds after which fixing stops: one fix may make room for the next, two that undo each other must not go on forever.
MOST_ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What fixing came to.

    Attributes:
        contents: The new bytes of each file that changes, by absolute path; nothing is written yet.
        result: What is still found in them.
        count: How many findings were mended.
        warnings: Files that could not be rewritten, one line each.
    """

    contents: Mapping[Path, bytes]
    result: Result
    count: int
    warnings: tuple[str, ...] = ()


def fix_all(
    root: Path, scan: Callable[[Mapping[Path, bytes]], Result], *, unsafe: bool, original: Mapping[Path, bytes]
) -> Fixed:
    """Mend what can be mended.

    Args:
        root: The project root, absolute.
        scan: Scans the project with contents that stand in for those on disk.
        unsafe: Whether fixes that may change what a right program does are made as well.
        original: Contents that stand in for those on disk from the start.
    """
    contents = dict(original)
    result = scan(contents)
    warned: dict[str, None] = {}
    refused: set[str] = set()
    count = 0
    for _ in range(MOST_ROUNDS):
        changed = False
        for path, found in _by_file(result.findings, unsafe=unsafe).items():
            if path in refused:
                continue
            file = root / path
            try:
                data = contents[file] if file in contents else read_bytes(str(file))
                made, mended = fixed(data, path, found)
            except (RewriteError, OSError) as error:
                refused.add(path)
                warned[f"{path} {error}"] = None
                continue
            if made != data:
                contents[file] = made
                count += mended
                changed = True
        if not changed:
            break
        result = scan(contents)
    changes = {file: data for file, data in contents.items() if original.get(file) != data}
    return Fixed(contents=changes, result=result, count=count, warnings=tuple(warned))


def fixed(data: bytes, path: str, fixes: Sequence[Fix]) -> tuple[bytes, int]:
    """A file's bytes with fixes made, and how many were.

    Args:
        data: The file's bytes.
        path: Its name.
        fixes: In any order; one that overlaps an earlier one waits for the next round.

    Raises:
        RewriteError: The file cannot be rewritten, or would not parse afterwards.
    """
    chosen = compatible(fixes)
    edits = sorted({edit for fix in chosen for edit in fix.edits}, key=_order)
    made = rewritten(data, path, edits)
    before, after = document(data, path).text, document(made, path).text
    if _is_damaged(before):
        raise RewriteError("is left as it is: it does not parse")
    if _is_damaged(after) or (_is_python(before) and not _is_python(after)):
        raise RewriteError("is left as it is: it would not parse after the fixes; please report this")
    return made, len(chosen)


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Those that can be made together: from the top, each that touches no character another one changes."""
    chosen: list[Fix] = []
    taken: list[Edit] = []
    for fix in sorted(fixes, key=lambda fix: [_order(edit) for edit in fix.edits]):
        if all(edit in taken or not any(_overlap(edit, other) for other in taken) for edit in fix.edits):
            chosen.append(fix)
            taken += fix.edits
    return chosen


def _by_file(findings: Iterable[Finding], *, unsafe: bool) -> dict[str, list[Fix]]:
    found: defaultdict[str, list[Fix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None and (unsafe or finding.fix.safe):
            found[finding.path].append(finding.fix)
    return found


def _order(edit: Edit) -> tuple[int, int, str]:
    return (edit.start, edit.end, edit.replacement)


def _overlap(one: Edit, other: Edit) -> bool:
    # Two insertions at one place have no order of their own.
    return (one.start < other.end and other.start < one.end) or one.start == other.start


def _is_damaged(text: str) -> bool:
    try:
        return damage(parse(text), text) is not None
    except UnparsableError:
        return True


def _is_python(text: str) -> bool:
    """Whether this very Python reads a text; older ones do not read what is newer."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are not what is asked here
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
