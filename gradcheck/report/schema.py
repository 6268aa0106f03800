"""What a run writes for programs: one JSON document, schema 1, published as docs/report.schema.json.

Numbers that JSON does not know are the words "NaN", "Infinity" and "-Infinity".
"""

from __future__ import annotations

import inspect
from typing import Literal

import msgspec

FORMAT = "gradcheck-report"
#: Grows when a field is removed or means something else; new fields do not change it.
VERSION = 1

Number = float | Literal["NaN", "Infinity", "-Infinity"]
Word = Literal[
    "passed", "failed", "inconclusive", "not applicable", "not built", "left out", "broken", "without verdict"
]


class Worst(msgspec.Struct, frozen=True, kw_only=True):
    """A wrong entry, exactly: `where` such as `W[2, 0]`, and what the oracle gave, what the layer, what was allowed."""

    where: str
    expected: Number
    actual: Number
    error: Number
    allowed: Number


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """The arrays behind a gradient as maps: `rows` x `columns` cells per slice over the axes before the last two.

    A cell shows one entry. Where the maps are `pooled` a cell stands for a block of entries and shows the one with the
    largest error against what is allowed. An entry that was not compared has no allowed error (NaN).

    Attributes:
        height, width: The size of a slice, in entries.
        slices: Indices into the axes before the last two, one list per slice kept, the worst slices where
            there are more than `total`.
        dtype: Of the arrays, little-endian.
        uniform: Whether the allowed error is the same everywhere, and written once.
        arrays: Base64 of zlib of what is expected, what is actual, error = |actual - expected| and allowed error, one
            array after the other, slice after slice, row by row; where pooled then the position within its slice of the
            entry that each cell shows, uint32.
    """

    rows: int
    columns: int
    height: int
    width: int
    slices: list[list[int]]
    total: int
    dtype: Literal["float32", "float64"]
    pooled: bool
    uniform: bool
    arrays: str


class StepSize(msgspec.Struct, frozen=True, kw_only=True):
    """How far a central difference along the disagreement is from either side, at one step."""

    step: Number
    from_expected: Number
    from_actual: Number


class Sweep(msgspec.Struct, frozen=True, kw_only=True):
    """Errors against step size; `chosen` is the step that finite differences judged with."""

    chosen: Number
    points: list[StepSize]


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """Why a gradient is wrong: the error that predicts it, `residual` of what is allowed away from it."""

    name: str
    sentence: str
    evidence: list[str]
    claim: Number
    residual: Number
    advice: str


class Excerpt(msgspec.Struct, frozen=True, kw_only=True):
    """Lines of a source file from `first` on; those from `line` to `end_line` compute the gradient."""

    path: str
    first: int
    lines: list[str]
    line: int
    end_line: int
    reason: str


class Gradient(msgspec.Struct, frozen=True, kw_only=True):
    """One gradient of one check.

    Attributes:
        wrong: Entries found wrong, a lower bound where `at_least`.
        smallest_error: The smallest relative error that the comparison could have seen, 0 where it is not known.
        factor: actual = factor * expected on every entry; null where no factor does it.
        worst: At most twenty wrong entries, the largest error first.
    """

    name: str
    role: str
    shape: list[int]
    dtype: str
    outcome: Word
    wrong: int = 0
    size: int = 0
    at_least: bool = False
    smallest_error: Number = 0.0
    factor: Number | None = None
    reason: str = ""
    oracle: str = ""
    explanation: Explained | None = None
    worst: list[Worst] = []
    source: Excerpt | None = None
    cells: Cells | None = None
    sweep: Sweep | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one check of one layer; the check "build" is its construction.

    Attributes:
        layer: Its identity: posix path from the project root, two colons, qualified name.
        path, line: Where a failure points: the statement to blame where it was found, else backward.
        headline: The story in one line.
        compared: How many comparisons were made.
        reproduce: The command that repeats this check alone.
        seconds: How long it took.
    """

    layer: str
    check: str
    outcome: Word
    headline: str = ""
    path: str = ""
    line: int = 0
    compared: int = 0
    oracle: str = ""
    construction: str = ""
    inputs: str = ""
    seed: int = 0
    seconds: Number = 0.0
    reproduce: str = ""
    table: list[str] = []
    notes: list[str] = []
    warnings: list[str] = []
    hint: list[str] = []
    remedy: list[str] = []
    gradients: list[Gradient] = []
    source: Excerpt | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Layers, optimizers and trainings; one may be both checked and inconclusive. `kinds` says how many of each."""

    found: int
    kinds: dict[str, int]
    checked: int
    wrong: int
    inconclusive: int
    not_built: int
    left_out: int
    broken: int


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How the run was asked for."""

    seed: int
    profile: str
    strict: bool


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the run ran on; a package that is not installed has no version.

    Attributes:
        commit: Of the checked tree, "" where it is no git tree.
        changed: Whether the tree held changes that are in no commit.
    """

    gradcheck: str
    python: str
    platform: str
    packages: dict[str, str]
    commit: str = ""
    changed: bool = False


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run.

    Attributes:
        created: ISO 8601, UTC.
        root: Name of the project's folder.
        seconds: Of the whole run.
        missing: Checks that were begun or chosen and of which nothing is known, `layer::check` and why.
        problems: Files that could not be read.
    """

    format: Literal["gradcheck-report"]
    version: Literal[1]
    created: str
    root: str
    settings: Settings
    surroundings: Surroundings
    counts: Counts
    results: list[Result]
    seconds: Number = 0.0
    missing: list[str] = []
    problems: list[str] = []


def json_schema() -> str:
    """The JSON Schema of a document, as docs/report.schema.json holds it."""
    made = msgspec.json.schema(Document)
    for definition in made["$defs"].values():
        definition["description"] = inspect.cleandoc(definition["description"])
    heading = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A run of gradcheck, schema {VERSION}",
    }
    return msgspec.json.format(msgspec.json.encode(heading | made, order="sorted"), indent=2).decode() + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(json_schema())
