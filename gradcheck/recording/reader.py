"""Reading a run, finished, going on, or broken off in the middle of a line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.recording.layout import FORMAT, HEADER, SAMPLES, STEPS, VERSION, lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a recorder wrote until now.

    Attributes:
        folder: Where it lies.
        header: What was known at its start; see docs/runs.md.
        steps: An entry for every step: "step", "loss" and what else was handed over.
        samples: An entry for every step that was looked at closely: norms and matrices.
        skipped: Lines that were torn by a crash.
    """

    folder: Path
    header: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    samples: Sequence[Mapping[str, Any]]
    skipped: int

    def series(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The steps (N,) at which a number such as "loss" was handed over, and the numbers (N,)."""
        found = [(entry["step"], entry[name]) for entry in self.steps if name in entry]
        return np.array([step for step, _ in found], np.int64), np.array([value for _, value in found], np.float64)

    def norms(self, parameter: str, kind: str) -> tuple[np.ndarray, np.ndarray]:
        """The steps (N,) at which a norm was taken, and the norms (N,).

        Args:
            parameter: Its name.
            kind: "value", "gradient", "update", or "ratio" of the last to the first.
        """
        found = [
            (entry["step"], norms[kind])
            for entry in self.samples
            if kind in (norms := entry["norms"].get(parameter, {}))
        ]
        return np.array([step for step, _ in found], np.int64), np.array([value for _, value in found], np.float64)

    def matrix(self, step: int, parameter: str, kind: str = "value") -> np.ndarray:
        """A matrix of a parameter, its "value" or its "gradient", at a step that was looked at closely.

        Raises:
            UsageError: It was not recorded then.
        """
        for entry in self.samples:
            place = entry.get("matrices", {}).get(parameter, {}).get(kind)
            if entry["step"] == step and place:
                matrix: np.ndarray = np.load(self.folder / place, allow_pickle=False)
                return matrix
        raise UsageError(f"{self.folder} has no {kind} of {parameter!r} at step {step}")


def read_run(path: str | Path) -> Run:
    """Read a run's folder; one that is still being written can be read too.

    Args:
        path: The folder.

    Raises:
        UsageError: It is the folder of no run, or of one written by a later version.
    """
    folder = Path(path)
    try:
        header = json.loads((folder / HEADER).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder} is not the folder of a run: it has no {HEADER} that can be read") from error
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise UsageError(f"{folder} is not the folder of a run: its {HEADER} says {header!r:.60}")
    if header.get("version", 0) > VERSION:
        raise UsageError(f"{folder} was written in version {header['version']}, this gradcheck reads up to {VERSION}")
    steps, samples = list(lines(folder / STEPS)), list(lines(folder / SAMPLES))
    return Run(
        folder=folder,
        header=header,
        steps=[entry for entry in steps if entry is not None],
        samples=[entry for entry in samples if entry is not None],
        skipped=sum(entry is None for entry in (*steps, *samples)),
    )
