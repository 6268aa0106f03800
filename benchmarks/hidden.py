"""Wrong layers by what hides their mistakes: how many each family of checks finds alone, beside other tools."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import central_difference, torch_gradcheck
from measuring.classes import CLASSES, class_of
from measuring.page import ROOT, publish, table
from measuring.tool import Verdict
from measuring.trials import WRONG, attempt, cases, layers_of

from gradcheck.catalogue import DRIVEN
from gradcheck.run import Runner
from gradcheck.searching import hunt
from gradcheck.types import Outcome

#: Family to its checks.
FAMILIES = {
    "oracles": ("contract", "linearity", "gradient", "determinism"),
    "`reference`": ("reference",),
    "`shapes`": ("shapes",),
    "`protocol`": ("protocol",),
    "`batch`": ("batch",),
    "`precision`": ("precision",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """Who found one wrong layer.

    Attributes:
        layer: Its identity.
        hidden_by: The class of its mistake.
        finders: Names of the families and tools that found it.
    """

    layer: str
    hidden_by: str
    finders: frozenset[str]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the seed (default 0)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        parts = [pool.submit(caught, options.seed, part, options.workers) for part in range(options.workers)]
        found = [one for part in parts for one in part.result()]
    publish("hidden", report(found), write=options.write)


def caught(seed: int, part: int, parts: int) -> list[Caught]:
    """Who finds the wrong layers of every so manieth file, those that are written in NumPy."""
    runner = Runner(ROOT, seed=seed)
    others = [*torch_gradcheck.tools(), *central_difference.tools()]
    found = []
    with tempfile.TemporaryDirectory() as kept:
        # What failed in an earlier run is found anew.
        hunt.KEPT = Path(kept) / "examples"
        layers = [(site, known) for site, known in layers_of(WRONG) if site.family in DRIVEN]
        files = list(dict.fromkeys(site.path for site, _ in layers))[part::parts]
        classes = {site.identity: class_of(known.check, known.explanation) for site, known in layers}
        for case, known in cases([pair for pair in layers if pair[0].path in files], seed)[0]:
            finders = {
                name
                for name, checks in FAMILIES.items()
                if any(runner.check(case, check).outcome is Outcome.FAILED for check in checks)
            }
            finders |= {
                tool.name
                for tool in others
                if tool.exhaustive and attempt(tool, case, known, seed).verdict is Verdict.WRONG
            }
            found.append(Caught(layer=case.layer, hidden_by=classes[case.layer], finders=frozenset(finders)))
    return found


def report(found: Sequence[Caught]) -> str:
    """The table: a row for each class, a column for each family and tool."""
    others = sorted({name for one in found for name in one.finders} - FAMILIES.keys(), reverse=True)
    header = ("hidden by", "layers", "gradcheck", *(f"{name} alone" for name in FAMILIES), *others)
    groups = {name: [one for one in found if one.hidden_by == name] for name in CLASSES}
    rows = [_row(name, group, others) for name, group in groups.items() if group]
    return table(header, [*rows, _row("all", found, others)])


def _row(name: str, group: Sequence[Caught], others: Sequence[str]) -> tuple[str, ...]:
    ours = sum(bool(one.finders & FAMILIES.keys()) for one in group)
    counts = (sum(finder in one.finders for one in group) for finder in (*FAMILIES, *others))
    return (name, str(len(group)), str(ours), *(str(count) if count else "" for count in counts))


if __name__ == "__main__":
    main()
