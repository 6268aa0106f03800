"""What lies where in the folder of a run, and how a number that JSON does not know is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from gradcheck.errors import UsageError

FORMAT = "gradcheck-run"
VERSION = 1
HEADER, STEPS, SAMPLES, MATRICES = "run.json", "steps.jsonl", "samples.jsonl", "matrices"
#: Where runs go unless a folder is given, below the working folder.
HOME = Path(".gradcheck") / "runs"

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def new_folder(name: str, home: Path = HOME) -> Path:
    """A new folder for a run, numbered; git is told to leave what lies beside it alone.

    Args:
        name: Of the run, for people; may be empty.
        home: Where runs go, two folders deep such as .gradcheck/runs.

    Raises:
        UsageError: There is no number left.
    """
    home.mkdir(parents=True, exist_ok=True)
    ignore = home.parent / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    word = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name)
    for count in range(1, 1_000_000):
        folder = home / (f"{count:04d}-{word}" if word else f"{count:04d}")
        if not any(home.glob(f"{count:04d}*")):
            try:
                folder.mkdir()
            except FileExistsError:
                continue  # another process was faster
            return folder
    raise UsageError(f"{home} is full; name a folder of its own for the run")


def number(value: float) -> float | Literal["NaN", "Infinity", "-Infinity"]:
    """A number as JSON carries it: what is not finite becomes a word.

    >>> number(0.5), number(float("nan")), number(float("-inf"))
    (0.5, 'NaN', '-Infinity')
    """
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def line(entry: Mapping[str, Any]) -> bytes:
    """One entry as a line of JSON."""
    return json.dumps(entry, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def lines(file: Path) -> Iterator[dict[str, Any] | None]:
    """The entries of a file in their order; None for a line that a crash has torn."""
    if not file.is_file():
        return
    for text in file.read_bytes().split(b"\n"):
        if not text:
            continue
        try:
            entry = json.loads(text)
        except ValueError:
            yield None
            continue
        yield _numbers(entry) if isinstance(entry, dict) else None


def _numbers(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {name: _numbers(value) for name, value in entry.items()}
    return _WORDS.get(entry, entry) if isinstance(entry, str) else entry
