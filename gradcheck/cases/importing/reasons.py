"""Why a user's code failed, in one line that a person can act on."""

from __future__ import annotations

import ast
import os
import re
import traceback
from functools import lru_cache
from pathlib import Path

from gradcheck.cases.importing import repository
from gradcheck.errors import BuildError, GradcheckError

LONGEST_REASON = 300

# Names NumPy had in version 1, what to write today. Builtins were aliases until 1.24, the rest left with 2.0 to 2.4.
NUMPY_1_NAMES = {
    "Inf": "np.inf",
    "Infinity": "np.inf",
    "NAN": "np.nan",
    "NINF": "-np.inf",
    "NaN": "np.nan",
    "PINF": "np.inf",
    "alltrue": "np.all",
    "asfarray": "np.asarray(..., dtype=float)",
    "asscalar": "a.item()",
    "bool": "bool",
    "bool8": "np.bool_",
    "cfloat": "np.complex128",
    "complex": "complex",
    "complex_": "np.complex128",
    "cumproduct": "np.cumprod",
    "float": "float",
    "float_": "np.float64",
    "in1d": "np.isin",
    "infty": "np.inf",
    "int": "int",
    "int0": "np.intp",
    "long": "int",
    "longfloat": "np.longdouble",
    "mat": "np.asmatrix",
    "msort": "np.sort(a, axis=0)",
    "object": "object",
    "object0": "np.object_",
    "product": "np.prod",
    "round_": "np.round",
    "row_stack": "np.vstack",
    "singlecomplex": "np.complex64",
    "sometrue": "np.any",
    "str": "str",
    "string_": "np.bytes_",
    "trapz": "np.trapezoid",
    "unicode": "str",
    "unicode_": "np.str_",
}
PYTHON_2 = "is Python 2"
PYTHON_2_NAMES = frozenset({"basestring", "execfile", "raw_input", "unicode", "xrange"})
# How Python 3 words its complaint, and what it finds merely invalid.
PYTHON_2_COMPLAINTS = ("Missing parentheses in call to", "multiple exception types must be", "leading zeros in decimal")
PYTHON_2_SYNTAX = re.compile(r"^\s*(print\s+[^\s(=]|print\s*>>|exec\s+[\"'\w]|raise\s+[\w.]+\s*,)|<>|`|\b\d+L\b")


def one_line(error: BaseException, root: str) -> str:
    """Describe an exception: its kind, its first line and the user's line it came from.

    Args:
        error: What was raised.
        root: Absolute folder of the repository, by which the user's frames are told from a library's.
    """
    if isinstance(error, BuildError):
        return error.reason
    if isinstance(error, SyntaxError):
        return _of_syntax(error, root)
    text = _first_line(error)
    if isinstance(error, ImportError) and error.path:
        text = text.removesuffix(f" ({error.path})")
    known = _known(error, text)
    if known is None:
        known = text if isinstance(error, GradcheckError) else f"{type(error).__name__}: {text}".rstrip(": ")
    where = user_line(error, root)
    return f"{known} ({where})" if where else known


def user_line(error: BaseException, root: str) -> str:
    """Give `layers.py:12`, the innermost line of the repository an exception passed through, or ""."""
    # Without the text of the lines, which takes longer to look up than most layers to run.
    passed = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    for filename, line in reversed(passed):
        if repository.owns(root, filename):
            return f"{os.path.relpath(filename, root)}:{line}"
    return ""


def failed_import(error: BaseException) -> str:
    """The module that an undefined name would have come from, where its file caught that import's failure; or ""."""
    if not isinstance(error, NameError) or not error.name:
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    return _caught_imports(frames[-1].filename).get(error.name, "") if frames else ""


@lru_cache(maxsize=64)
def _caught_imports(file: str) -> dict[str, str]:
    """The names that imports inside a `try` of a file bring, and the modules they come from."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[str, str] = {}
    for block in (node for node in ast.walk(tree) if isinstance(node, ast.Try)):
        for node in block.body:
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: node.module or "." for alias in node.names}
            elif isinstance(node, ast.Import):
                found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
    return found


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}..."


def _known(error: BaseException, text: str) -> str | None:
    if isinstance(error, AttributeError):
        removed = re.match(r"(?:module 'numpy' has no attribute '(\w+)'|`np\.(\w+)` was removed)", text)
        name = (removed[1] or removed[2]) if removed else ""
        if name in NUMPY_1_NAMES:
            return f"uses `np.{name}`, which NumPy no longer has; write `{NUMPY_1_NAMES[name]}`"
    if isinstance(error, NameError) and error.name in PYTHON_2_NAMES:
        return f"{PYTHON_2} (it uses `{error.name}`)"
    missing = failed_import(error)
    if missing:
        return f"needs `{missing}`, which could not be imported, as the file allows; build it or install it"
    if isinstance(error, EOFError):
        return "asks for input, and there is nobody to answer"
    return None


def _of_syntax(error: SyntaxError, root: str) -> str:
    place = os.path.relpath(error.filename, root) if error.filename else "?"
    line = (error.text or "").strip()
    if any(words in error.msg for words in PYTHON_2_COMPLAINTS) or PYTHON_2_SYNTAX.search(line):
        return f"{PYTHON_2} ({place}:{error.lineno}: {line})"
    return f"does not parse: {error.msg} ({place}:{error.lineno}: {line})"
