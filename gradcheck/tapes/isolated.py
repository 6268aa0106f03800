"""A tape's battery in a child process; nothing of the user's is imported in this one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gradcheck.cases.importing.loading import load, resolve
from gradcheck.cases.importing.rehearsal import rehearse
from gradcheck.errors import BuildError
from gradcheck.numerics.sampling import seed_of
from gradcheck.source.model import LayerSite
from gradcheck.tapes.battery import learnt, rows
from gradcheck.tapes.functions import functions_of, operations_of
from gradcheck.tapes.switching import switch_on
from gradcheck.tapes.telling import result_of, rows_of
from gradcheck.types import CheckResult, Profile

#: Seconds for the whole battery of one class; tapes of plain lists and of compiled kernels need most of a minute.
BATTERY_SECONDS = 180.0
#: Functions that a note names.
MOST_NAMED = 4
#: Said of a tape nobody has finished: there is nothing to configure.
UNFINISHED = "are not written yet"
REMEDY = (
    "say how its constructor asks for a gradient, under the class's identity in pyproject.toml:",
    '[tool.gradcheck.layers."{identity}"] init = {{ requires_grad = true }}',
)


def operators_result(
    site: LayerSite, given: Mapping[str, Any], *, seed: int, profile: Profile, enable: str = ""
) -> CheckResult:
    """Learn a Tensor class and judge its operators, in isolation.

    Args:
        site: The Tensor's site.
        given: Keyword arguments of its constructor that a person declared.
        seed: The run's seed.
        profile: How much it may cost.
        enable: The function that switches gradients on, as `file.py::function`, or "".

    Raises:
        BuildError: It was not learnt, or its file not imported.
    """
    verdict = rehearse(
        site.file,
        site.root,
        [site.qualname],
        action="gradcheck.tapes.isolated:rehearse_battery",
        arguments={
            "seed": seed_of(site.identity, seed),
            "profile": profile.value,
            "given": dict(given),
            "enable": enable,
        },
        seconds=BATTERY_SECONDS,
    )[site.qualname]
    if not verdict.ok:
        own = () if UNFINISHED in verdict.reason else tuple(line.format(identity=site.identity) for line in REMEDY)
        raise BuildError(verdict.reason, verdict.remedy or own)
    answer = verdict.answer
    return result_of(site, rows_of(answer["rows"]), answer["code"], seed, answer["notes"])


def rehearse_battery(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Learn and judge one class in the child process; see `rehearsal.rehearse` for the arguments."""
    loaded = load(file, root)
    cls = resolve(loaded, key)
    switched = switch_on(cls, root, arguments["enable"])
    with loaded.environment():
        functions = functions_of(cls, loaded.module, loaded.surroundings.modules, loaded.root)
        reached = operations_of(cls, loaded.module, loaded.surroundings.modules, loaded.root)
        tape = learnt(cls, functions, arguments["given"])
        found = rows(tape, arguments["seed"], Profile(arguments["profile"]))
    notes = [] if tape.takes_cotangent else ["only an upstream gradient of ones can be sent into it"]
    notes += [switched] if switched else []
    if reached:
        shown = ", ".join(f"`{name}`" for name in reached[:MOST_NAMED]) + (", ..." if len(reached) > MOST_NAMED else "")
        notes.append(f"operations of its own are examined where its operators reach them: {shown}")
    return {"code": tape.code, "rows": [dataclasses.asdict(row) for row in found], "notes": notes}
