"""Classes that are optimizers by what is written: a rule's name, a learning rate, a method that makes a step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.gathering import gather
from gradcheck.source.inheritance import Inheritance, Lineage
from gradcheck.source.model import LayerSite
from gradcheck.source.optimizer_names import LEARNING_RATES, STEP_NAMES, claimed
from gradcheck.source.reading import read_bytes
from gradcheck.source.repository import Repository
from gradcheck.source.sites import is_test_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.source.classes import ClassFact, MethodFact

OPTIMIZER = "optimizer"

# The beginnings of all names that `claimed` may say yes to; a wrong yes costs a parse.
_STEMS = (
    "sgd",
    "gd",
    "grad",
    "momentum",
    "nesterov",
    "nag",
    "rms",
    "root",
    "adam",
    "adaptive",
    "stoch",
    "batch",
    "mini",
)
_CLASS = re.compile(rb"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)


def find_optimizers(
    paths: Sequence[Path], *, root: Path | None = None, exclude: Sequence[str] = ()
) -> tuple[LayerSite, ...]:
    """The optimizers in the files and folders given, by path and line; files that cannot be read hold none.

    Args:
        paths: Files and folders. Below a folder, test files and classes named `Test...` are left out.
        root: The project root for what lies below it; each path's own by default.
        exclude: Patterns of paths and names that are left out below folders.
    """
    homes: dict[Path, dict[str, bool]] = {}
    for file in gather(paths, root=root, exclude=exclude):
        homes.setdefault(file.root, {})[file.path] = file.named
    sites = [site for home, inside in homes.items() for site in _survey(home, inside)]
    return tuple(sorted(sites, key=lambda site: (site.path, site.line, site.qualname)))


def _survey(root: Path, files: dict[str, bool]) -> Iterator[LayerSite]:
    repository = Repository(root)
    inheritance = Inheritance(repository)
    for path, named in files.items():
        try:
            data = read_bytes(path)
        except OSError:
            continue  # the search for layers reads the same files and says what is the matter
        if not _may_hold(data) or (is_test_file(path) and not named):
            continue
        repository.keep(path, data)
        last = {fact.qualname: fact for fact in repository.facts(path).classes if "<locals>" not in fact.qualname}
        for fact in last.values():
            if site := _site(fact, inheritance.lineage(fact), root):
                yield site


def _may_hold(data: bytes) -> bool:
    lowered = data.lower()
    if not any(stem.encode() in lowered for stem in _STEMS):
        return False
    return any(claimed(name.decode("ascii", "replace")) for name in _CLASS.findall(data))


def _site(own: ClassFact, lineage: Lineage, root: Path) -> LayerSite | None:
    if not claimed(own.name):
        return None
    step = _step(lineage)
    if step is None or not _has_learning_rate(lineage, step):
        return None
    return LayerSite(
        root=root,
        path=own.path,
        qualname=own.qualname,
        line=own.line,
        forward=step.method,
        backward=step.method,
        bases=own.bases,
        family=OPTIMIZER,
    )


def _step(lineage: Lineage) -> MethodFact | None:
    found = (lineage.find(name) for name in STEP_NAMES)
    return next((fact for fact in found if fact and not fact.method.is_stub and not fact.raises), None)


def _has_learning_rate(lineage: Lineage, step: MethodFact) -> bool:
    if any(name.rpartition(".")[2] in {"Optimizer", "Adam", "SGD"} and "torch" in name for name in lineage.outside):
        return True
    methods = [fact.methods["__init__"] for fact in lineage.classes if "__init__" in fact.methods]
    names = {parameter.name.lower().strip("_") for fact in (*methods, step) for parameter in fact.method.parameters}
    return bool(names & LEARNING_RATES)
