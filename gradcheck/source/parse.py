"""Text to syntax tree, once per file; the only module that starts the parser."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from gradcheck.source.quoted import QUOTED, is_stray

if TYPE_CHECKING:
    from ast_grep_py import Rule, SgNode

#: Characters of a line beyond which asking for a position on it is slow: the parser counts columns from its start.
MAX_LINE = 20_000


class UnparsableError(ValueError):
    """A text that is not given to the parser, or that the parser refuses; `line` is 1-based, 0 for the whole."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def parse(text: str) -> SgNode:
    """The root of a file's syntax tree; broken syntax stays local to an ERROR node.

    Raises:
        UnparsableError: A line that defines something is longer than `MAX_LINE`, or the text is not text.
    """
    from ast_grep_py import SgRoot

    _refuse_long_definitions(text)
    try:
        return SgRoot(text, "python").root()
    except UnicodeEncodeError as error:
        message = f"holds the lone surrogate {text[error.start]!r}, which is no character; save the file as UTF-8"
        raise UnparsableError(message, 1 + text[: error.start].count("\n")) from error
    except BaseException as error:
        # A panic of the parser is no Exception; one odd file must not end the whole run.
        if type(error).__name__ != "PanicException":
            raise
        message = f"cannot be parsed: {str(error).splitlines()[0] if str(error) else 'the parser gave up'}"
        raise UnparsableError(message) from error


def is_sound(text: str) -> bool:
    """Whether Python itself reads a text, and the parser would; False where that cannot be told without a tree.

    It takes less than a tree does: nothing is made of what is read.
    """
    if has_long_line(text):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are not what is asked here
            compile(f"from __future__ import {_NO_FEATURE}\n{text}", "", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _NO_FEATURE in str(error.msg)
    except (ValueError, RecursionError, MemoryError):  # a lone surrogate, brackets in brackets: told from the tree
        return False
    return False


#: Python looks for features once it has read the whole text, and before it makes anything of it: it ends there.
_NO_FEATURE = "_read_and_no_more"


def damage(root: SgNode, text: str, *, thorough: bool = False, has_error: bool | None = None) -> UnparsableError | None:
    """Where and why Python itself will not read a file the parser had to mend; None where nothing is broken.

    Args:
        root: The file's syntax tree.
        text: Its text.
        thorough: Whether to look for what the parser had to add as well: a bracket that is missing.
        has_error: Whether the tree holds an ERROR node, where that is known.
    """
    if has_error is None:
        has_error = root.find(kind="ERROR") is not None
    if not has_error and (not thorough or _find_gap(root, text) is None):
        return None
    if is_sound(text):  # newer or older syntax than the parser's, and right in Python's eyes
        return None
    import ast

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are not what is asked here
            ast.parse(text)
    except SyntaxError as error:
        return UnparsableError(
            f"does not parse ({error.msg}); what is around this line may be missed", error.lineno or 0
        )
    except (ValueError, RecursionError, MemoryError) as error:
        return UnparsableError(f"does not parse ({type(error).__name__}: {error}); some of it may be missed")
    return None


# What the parser adds to make good for a bracket that is missing is no ERROR and has no text: a list that does not end
# with its bracket.
_BRACKETED = {
    "()": ("argument_list", "parameters", "parenthesized_expression", "tuple"),
    "[]": ("list", "subscript"),
    "{}": ("dictionary",),
}


def _find_gap(root: SgNode, text: str) -> SgNode | None:
    # Where every bracket has its partner none had to be added: counts of characters are much faster.
    pairs = [pair for pair in _BRACKETED if not _are_paired(pair, text)]
    code = _without_strings(text) if pairs else ""
    kinds = [kind for pair in pairs if not _are_paired(pair, code) for kind in _BRACKETED[pair]]
    gaps: list[Rule] = [{"kind": kind, "not": {"regex": r"[)\]}]\z"}} for kind in kinds]
    return root.find(any=gaps) if gaps else None


def _without_strings(text: str) -> str:
    """A text without comments and without strings that hold no code; the whole where its strings are not understood."""
    parts = []
    last = 0
    for match in QUOTED.finditer(text):
        if is_stray(match):
            return text
        before = text[max(0, match.start() - 2) : match.start()].lower()
        if "f" not in before and "t" not in before:  # what is formatted holds code
            parts.append(text[last : match.start()])
            last = match.end()
    return "".join((*parts, text[last:]))


def _are_paired(pair: str, text: str) -> bool:
    return text.count(pair[0]) == text.count(pair[1])


def has_long_line(text: str) -> bool:
    """Whether some line is longer than `MAX_LINE`; leaps over the text from one line end to a far one."""
    start = 0
    while len(text) - start > MAX_LINE:
        end = text.rfind("\n", start, start + MAX_LINE + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _refuse_long_definitions(text: str) -> None:
    if not has_long_line(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE and ("def " in line or "class " in line):
            message = (
                f"has a line of {len(line)} characters that defines functions or classes; the file was skipped: "
                f"break the line (at most {MAX_LINE} characters) to have it read"
            )
            raise UnparsableError(message, number)
