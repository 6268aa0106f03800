"""Parts of a run that several processes write, each its own, and what is put together from them.

A part is a file of lines of JSON: first what was chosen to be run, then a line for each result as soon as it is known,
so that a process that dies takes with it what it was at and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from gradcheck.recording.layout import line, lines
from gradcheck.report.schema import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One check that a run was to make; `item` is what the process calls it, such as pytest's node id."""

    layer: str
    check: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What all parts hold together.

    Attributes:
        results: In the order in which they were chosen; of two of one check the later.
        missing: What was chosen and has no result.
    """

    results: tuple[Result, ...]
    missing: tuple[Chosen, ...]


class Part:
    """The part of one process.

    Args:
        folder: Of the parts of the run.
        name: Of the process, such as "gw0".
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.jsonl"

    def choose(self, chosen: Iterable[Chosen]) -> None:
        """Say what the run is to make."""
        listed = [[_utf8(one.layer), one.check, _utf8(one.item)] for one in chosen]
        self._append({"chosen": listed})

    def add(self, result: Result, check: str) -> None:
        """Write a result; it is on the disk when this returns.

        Args:
            result: What became of a check.
            check: The check that was chosen; another one than the result's where the layer was not built.
        """
        self._append({"result": msgspec.to_builtins(result), "done": [result.layer, check]})

    def _append(self, entry: dict[str, Any]) -> None:
        with self._file.open("ab") as file:
            file.write(line(entry))


def merge(folder: Path) -> Merged:
    """Put the parts in a folder together; a line that a crash has torn is left out."""
    chosen: dict[tuple[str, str], Chosen] = {}
    results: dict[tuple[str, str], Result] = {}
    done: set[tuple[str, str]] = set()
    for file in sorted(folder.glob("*.jsonl")):
        for entry in lines(file):
            if entry is None:
                continue
            for layer, check, item in entry.get("chosen", ()):
                chosen.setdefault((layer, check), Chosen(layer=layer, check=check, item=item))
            if "result" in entry:
                result = msgspec.convert(entry["result"], Result)
                results[result.layer, result.check] = result
                done.add(tuple(entry["done"]))
    order = [*chosen, *(key for key in results if key not in chosen)]
    return Merged(
        results=tuple(results[key] for key in order if key in results),
        missing=tuple(one for key, one in chosen.items() if key not in done),
    )


def told(missing: Sequence[Chosen], reasons: dict[str, str]) -> list[str]:
    """A line for each check that is missing, with the reason where one is known.

    Args:
        missing: What has no result.
        reasons: By item.
    """
    return [f"{one.layer}::{one.check}: {reasons.get(one.item, 'was not run')}" for one in missing]


def _utf8(words: str) -> str:
    return words.encode("utf-8", "replace").decode()
