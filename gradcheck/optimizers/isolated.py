"""The examination of the optimizers of one file in a child process; nothing of the user's is imported in this one."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradcheck.cases.importing.isolating import examined_apart
from gradcheck.cases.importing.loading import load, resolve
from gradcheck.errors import BuildError
from gradcheck.optimizers.examining import examine
from gradcheck.source.model import LayerSite
from gradcheck.source.optimizer_names import claimed
from gradcheck.types import CheckResult, Mismatch, Outcome

NAME = "optimizer"
REMEDY = (
    "write its constructor and step in a usual form, such as Adam(parameters, lr=...).step(),",
    'or leave it out: [tool.gradcheck.layers."{identity}"] skip = "reason"',
)


def results(
    sites: Sequence[LayerSite], declared: Mapping[str, Mapping[str, Any]], *, seed: int, seconds: float
) -> dict[str, CheckResult | BuildError]:
    """Examine optimizers of one file, each on its own.

    Args:
        sites: The optimizers.
        declared: Qualified name to what is declared of it: "rule", the name of the rule where it is not the class's
            own, and "exact", whether torch's form alone is right.
        seed: Seed of parameters and gradients.
        seconds: Time limit of the import, and again of each class.

    Returns:
        Identity to the result, or to the error that says why there is none.
    """
    return examined_apart(
        sites,
        functools.partial(_result, seed),
        action="gradcheck.optimizers.isolated:rehearse_examination",
        arguments={"seed": seed, "declared": {name: dict(rules) for name, rules in declared.items()}},
        seconds=seconds,
        remedy=REMEDY,
    )


def rehearse_examination(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Examine one class in the child process; see `rehearsal.rehearse` for the arguments."""
    loaded = load(file, root)
    cls = resolve(loaded, key)
    declared = arguments["declared"].get(key, {})
    rule = declared.get("rule") or claimed(key.rpartition(".")[2])
    with loaded.environment():
        answer = examine(cls, rule, arguments["seed"], exact=bool(declared.get("exact")))
    return dataclasses.asdict(answer)


def _result(seed: int, site: LayerSite, answer: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        check=NAME,
        layer=site.identity,
        outcome=Outcome(answer["outcome"]),
        compared=answer["compared"],
        headline=answer["headline"],
        mismatches=[
            Mismatch(where=where, expected=expected, actual=actual, allowed=room)
            for where, expected, actual, room in answer["mismatches"]
        ],
        notes=tuple(answer["notes"]),
        construction=answer["construction"],
        seed=seed,
        path=site.backward.path,
        line=site.backward.line,
        hint=tuple(answer["hint"]),
    )
