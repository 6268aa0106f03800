"""One layer, one seed, every tool in turn."""

from __future__ import annotations

import ast
import functools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.catalogue import WHOLE
from gradcheck.errors import GradcheckError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.source.model import LayerSite
from gradcheck.types import Case
from measuring import central_difference, own, torch_gradcheck
from measuring.counting import Counts, counted
from measuring.page import ROOT
from measuring.tool import Tool, Verdict

WRONG = "tests/known_wrong"
TRAPS = "tests/known_right"
PLAIN = "reference_models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a layer beforehand.

    Attributes:
        folder: Where it lies.
        check: The check its ledger names, "" for a right layer.
        explanation: What its ledger calls the mistake, "" for a right layer.
    """

    folder: str
    check: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What one tool said of one layer at one seed, and at what cost.

    Attributes:
        tool: Its name.
        layer: The layer's identity.
        known: What is known of the layer.
        seed: The global seed.
        verdict: What the tool said.
        forwards, backwards: Calls.
        seconds: Wall time.
    """

    tool: str
    layer: str
    known: Known
    seed: int
    verdict: Verdict
    forwards: int
    backwards: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Everything one process did: the layers of one folder at one seed.

    Attributes:
        trials: One per layer and tool.
        not_built: Identity and reason of the layers gradcheck could not build, which no tool is then given.
        layers: Number of layers built.
        building: Seconds of finding, rehearsing and building them; the other tools are spared them.
    """

    trials: tuple[Trial, ...]
    not_built: tuple[tuple[str, str], ...]
    layers: int
    building: float


@functools.cache
def tools() -> tuple[Tool, ...]:
    """Every tool of the comparison, ours first."""
    return (*own.tools(), *torch_gradcheck.tools(), *central_difference.tools())


def sit(folder: str, seed: int, *, exhaustive: bool) -> Sitting:
    """The tools on every layer of a folder at one seed, those that evaluate every entry only where asked."""
    start = time.perf_counter()
    built, not_built = cases(layers_of(folder), seed)
    building = time.perf_counter() - start
    trials = [trial for case, known in built for trial in asked(case, known, seed, exhaustive=exhaustive)]
    return Sitting(trials=tuple(trials), not_built=tuple(not_built), layers=len(built), building=building)


def asked(case: Case, known: Known, seed: int, *, exhaustive: bool) -> list[Trial]:
    """One trial per tool."""
    return [attempt(tool, case, known, seed) for tool in tools() if exhaustive or not tool.exhaustive]


def cases(
    layers: Sequence[tuple[LayerSite, Known]], seed: int
) -> tuple[list[tuple[Case, Known]], list[tuple[str, str]]]:
    """The cases of some layers, and why those that are missing could not be built."""
    runner = Runner(ROOT, seed=seed)
    for path in dict.fromkeys(site.path for site, _ in layers):
        runner.prepare([site for site, _ in layers if site.path == path])
    built, not_built = [], []
    for site, known in layers:
        try:
            built.append((runner.build(site), known))
        except GradcheckError as error:
            not_built.append((site.identity, str(error)))
    return built, not_built


def attempt(tool: Tool, case: Case, known: Known, seed: int) -> Trial:
    """Ask one tool about one case."""
    counts = Counts()
    mine = counted(case, counts)
    start = time.perf_counter()
    try:
        with np.errstate(all="ignore"):
            verdict = tool.judge(mine)
    except Exception:  # noqa: BLE001 - whatever a tool raises is how it says that a layer is wrong
        verdict = Verdict.WRONG
    return Trial(
        tool=tool.name,
        layer=case.layer,
        known=known,
        seed=seed,
        verdict=verdict,
        forwards=counts.forwards,
        backwards=counts.backwards,
        seconds=time.perf_counter() - start,
    )


def layers_of(folder: str) -> list[tuple[LayerSite, Known]]:
    """The concrete layers of a folder; where it keeps ledgers, those that the ledgers name."""
    ledgers = {file.relative_to(ROOT).as_posix(): ledger_of(file) for file in (ROOT / folder).glob("*.py")}
    found = []
    for site in find_layers([ROOT / folder], root=ROOT).sites:
        entry = ledgers.get(site.path, {}).get(site.qualname)
        if site.family in WHOLE:
            continue
        if folder == PLAIN and not site.is_abstract:
            found.append((site, Known(folder=folder)))
        elif entry is not None:
            check, explanation = entry.get("check", ""), entry.get("explanation", "")
            found.append((site, Known(folder=folder, check=check, explanation=explanation)))
    return found


def ledger_of(file: Path) -> dict[str, Any]:
    """The literal LEDGER of a module of known layers, read without importing it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LEDGER":
            ledger: dict[str, Any] = ast.literal_eval(node.value)
            return ledger
    return {}
