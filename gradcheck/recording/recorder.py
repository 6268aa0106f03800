"""Recording a run of training: every loss, and now and then the norms of parameters, gradients and updates."""

from __future__ import annotations

import datetime as dt
import fnmatch
import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.parameters import Held, held
from gradcheck.recording.layout import (
    FORMAT,
    HEADER,
    MATRICES,
    SAMPLES,
    STEPS,
    VERSION,
    line,
    lines,
    new_folder,
    number,
)

# The part of the time of a run that closer looks may take: with the losses, and what a look leaves of the caches, a run
# stays below 5 %.
BUDGET = 0.02
# Losses are written together: a crash costs those of this many seconds at most.
FLUSH_SECONDS = 0.5
# A step of microseconds fills memory sooner than time passes.
FLUSH_LINES = 1000
RATES = ("learning_rate", "lr", "alpha", "eta")


class Recorder:
    """Writes what happens in a training to a folder; a context manager, or `close()` at the end.

    Call `step` once per step of training, after the optimizer's and before gradients are set to zero.

    Args:
        model: Whose parameters are watched, of any kind that `gradcheck.parameters.held` knows.
        optimizer: Its learning rate is written down where it has one.
        folder: Of the run; one that holds a run is appended to. By default a new one below .gradcheck/runs.
        name: Of the run, for people.
        every: Steps between closer looks; by default as often as 2 % of the time allow.
        matrices: Patterns of the names of parameters that are written whole at each closer look, such as "*.W".

    Raises:
        UsageError: The folder holds something else than a run, or `every` is less than 1.
    """

    def __init__(
        self,
        model: object,
        optimizer: object = None,
        *,
        folder: str | Path | None = None,
        name: str = "",
        every: int | None = None,
        matrices: Sequence[str] = (),
    ) -> None:
        if every is not None and every < 1:
            raise UsageError(f"every must be at least 1; got every={every!r}")
        self._optimizer, self._every = optimizer, every
        self._held = held(model)
        self._chosen = [each for each in self._held if any(fnmatch.fnmatchcase(each, p) for p in matrices)]
        self.folder = Path(folder) if folder is not None else new_folder(name)
        self._count = _prepare(self.folder, self._header(model, name))
        self._steps, self._samples = _appending(self.folder / STEPS), _appending(self.folder / SAMPLES)
        self._pending: list[tuple[int, Any, dict[str, Any]]] = []
        self._before: dict[str, np.ndarray] | None = None
        self._begun = self._flushed = time.perf_counter()
        self._own = self._cost = 0.0

    def step(self, loss: Any = None, **numbers: Any) -> None:
        """Take note of one step of training.

        Args:
            loss: Its loss: a number, or what holds one.
            **numbers: What else is to be drawn over the steps, such as accuracy=0.9.
        """
        entered = time.perf_counter()
        self._count += 1
        # A step may take as little as 50 microseconds: numbers are taken out now, and turned into text together.
        taken = loss if loss is None or type(loss) is float else _float(loss)
        self._pending.append(
            (self._count, taken, {name: _float(v) for name, v in numbers.items()} if numbers else numbers)
        )
        if self._before is not None or self._count == 1:
            self._look(self._before or {})
            self._before = None
            self._cost = max(self._cost, time.perf_counter() - entered)
        if self._is_next(entered):
            self._before = {name: np.array(each.value()) for name, each in self._held.items()}
        if entered - self._flushed > FLUSH_SECONDS or len(self._pending) >= FLUSH_LINES:
            self.flush()
        self._own += time.perf_counter() - entered

    def flush(self) -> None:
        """Write what is still held back."""
        _write(self._steps, "".join([_told(*each) for each in self._pending]).encode())
        self._pending.clear()
        self._flushed = time.perf_counter()

    def close(self) -> None:
        """Write what is still held back and close the files; a second call does nothing."""
        if self._steps >= 0:
            self.flush()
            os.close(self._steps)
            os.close(self._samples)
            self._steps = self._samples = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_next(self, now: float) -> bool:
        """Whether the next step gets a closer look, for which the parameters are kept now."""
        if self._every is not None:
            return (self._count + 1) % self._every == 0
        return self._own + 2 * self._cost <= BUDGET * (now - self._begun)

    def _look(self, before: dict[str, np.ndarray]) -> None:
        norms = {name: _norms(each, before.get(name)) for name, each in self._held.items()}
        entry: dict[str, Any] = {
            "step": self._count,
            "seconds": round(time.perf_counter() - self._begun, 6),
            "norms": norms,
        }
        rate = _learning_rate(self._optimizer)
        if rate is not None:
            entry["learning_rate"] = number(rate)
        if self._chosen:
            entry["matrices"] = {name: self._save(index, name) for index, name in enumerate(self._chosen)}
        _write(self._samples, line(entry))

    def _save(self, index: int, name: str) -> dict[str, str]:
        folder = Path(MATRICES) / f"{self._count:08d}"
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        found = {"value": self._held[name].value(), "gradient": self._held[name].gradient()}
        places = {}
        for kind, array in found.items():
            if array is not None:
                place = folder / f"{index}.{kind}.npy"
                half = self.folder / f"{place}.half"
                with half.open("wb") as file:
                    np.save(file, array, allow_pickle=False)
                half.replace(self.folder / place)
                places[kind] = place.as_posix()
        return places

    def _header(self, model: object, name: str) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "name": name,
            "started": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "model": type(model).__name__,
            "optimizer": "" if self._optimizer is None else type(self._optimizer).__name__,
            "parameters": {
                name: {"shape": list(array.shape), "dtype": str(array.dtype)}
                for name, each in self._held.items()
                for array in (each.value(),)
            },
        }


def record(
    model: object,
    optimizer: object = None,
    *,
    folder: str | Path | None = None,
    name: str = "",
    every: int | None = None,
    matrices: Sequence[str] = (),
) -> Recorder:
    """Begin to record a training; see Recorder for the arguments.

    >>> with record(model, optimizer) as recorder:         # doctest: +SKIP
    ...     for x, t in batches:
    ...         loss = train_on(x, t)
    ...         recorder.step(loss, accuracy=0.9)
    """
    return Recorder(model, optimizer, folder=folder, name=name, every=every, matrices=matrices)


def _learning_rate(optimizer: Any) -> float | None:
    groups = getattr(optimizer, "param_groups", None)  # torch's; the first speaks for all
    found = [groups[0].get("lr")] if groups else [getattr(optimizer, name, None) for name in RATES]
    return next((float(rate) for rate in found if isinstance(rate, float)), None)


def _norms(each: Held, before: np.ndarray | None) -> dict[str, float | str]:
    value, gradient = each.value(), each.gradient()
    size = _norm(value)
    norms = {"value": size}
    if gradient is not None:
        norms["gradient"] = _norm(gradient)
    if before is not None and before.shape == value.shape:
        norms["update"] = _norm(np.subtract(value, before, out=before))
        if size > 0:
            norms["ratio"] = norms["update"] / size
    return {kind: number(norm) for kind, norm in norms.items()}


def _norm(array: np.ndarray) -> float:
    flat = array.ravel()
    return float(np.sqrt(np.dot(flat, flat)))


def _told(step: int, loss: float | None, numbers: dict[str, float]) -> str:
    """One step as a line of JSON."""
    if loss is not None and not numbers and math.isfinite(loss):
        return f'{{"step":{step},"loss":{loss!r}}}\n'
    given = {"loss": loss, **numbers} if loss is not None else numbers
    return line({"step": step, **{name: number(each) for name, each in given.items()}}).decode()


def _float(value: Any) -> float:
    item = getattr(value, "item", None)
    return float(item() if callable(item) else getattr(value, "data", value))


def _prepare(folder: Path, header: dict[str, Any]) -> int:
    """Make a folder ready, or a run in it ready to go on; returns the number of its last step."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / HEADER
    if place.exists():
        from gradcheck.recording.reader import read_run

        read_run(folder)  # raises where it is of another kind
        return max((entry["step"] for entry in lines(folder / STEPS) if entry), default=0)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} holds other files and no run; name an empty folder")
    half = folder / f"{HEADER}.half"
    half.write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    half.replace(place)
    return 0


def _appending(file: Path) -> int:
    """A descriptor at the end of a file; a line that a crash has torn is ended first."""
    written = file.read_bytes() if file.exists() else b""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    if written and not written.endswith(b"\n"):
        _write(descriptor, b"\n")
    return descriptor


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
