"""Functions that are marked `@gradcheck.training`, found by reading."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.gathering import Gathered, gather
from gradcheck.source.model import LayerSite, Method
from gradcheck.source.parse import UnparsableError, parse
from gradcheck.source.reading import decode, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ast_grep_py import SgNode

TRAINING = "training"

# A file that does not hold both words holds no mark, and is not parsed for nothing.
_WORDS = (b"gradcheck", TRAINING.encode())
# `gradcheck.training`, `gradcheck.training(...)`, and with the name imported `training`.
_MARK = re.compile(r"@\s*(?P<dotted>gradcheck\s*\.\s*)?training\b(?!\s*\.)")
_IMPORTED = re.compile(r"^[ \t]*from[ \t]+gradcheck(\.marking)?[ \t]+import\b[^\n#]*\btraining\b", re.MULTILINE)


def find_trainings(
    paths: Sequence[Path], *, root: Path | None = None, exclude: Sequence[str] = ()
) -> tuple[LayerSite, ...]:
    """The marked functions of the files and folders given, by path and line; files that cannot be read hold none.

    Args:
        paths: Files and folders. A mark is a person's word, so that test files count as well.
        root: The project root for what lies below it; each path's own by default.
        exclude: Patterns of paths and names that are left out below folders.
    """
    sites = [site for file in gather(paths, root=root, exclude=exclude) for site in _in_file(file)]
    return tuple(sorted(sites, key=lambda site: (site.path, site.line)))


def _in_file(file: Gathered) -> Iterator[LayerSite]:
    try:
        data = read_bytes(file.path)
    except OSError:
        return  # the search for layers reads the same files and says what is the matter
    if not all(word in data for word in _WORDS):
        return
    text = decode(data, file.path).text
    try:
        tree = parse(text)
    except UnparsableError:
        return  # as above
    imported = bool(_IMPORTED.search(text))
    for statement in tree.children():
        if statement.kind() == "decorated_definition" and _is_marked(statement, imported=imported):
            definition = statement.field("definition")
            if definition is not None and definition.kind() == "function_definition":
                yield _site(definition, file.shown, file.root)


def _is_marked(statement: SgNode, *, imported: bool) -> bool:
    marks = (_MARK.match(child.text()) for child in statement.children() if child.kind() == "decorator")
    return any(mark is not None and (imported or mark["dotted"]) for mark in marks)


def _site(definition: SgNode, path: str, root: Path) -> LayerSite:
    name = definition.field("name")
    span = definition.range()
    method = Method(
        name=name.text() if name else "",
        path=path,
        line=span.start.line + 1,
        end_line=span.end.line + 1,
        is_static=True,
    )
    return LayerSite(
        root=root,
        path=path,
        qualname=method.name,
        line=method.line,
        forward=method,
        backward=method,
        family=TRAINING,
    )
