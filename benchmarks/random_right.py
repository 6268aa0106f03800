"""Random configurations of right layers: how many were compared, and how many were called wrong.

The search `shapes` over every right layer at seeds that no test uses. Each configuration is the layer with other
arguments, shapes, values or memory layouts, judged as a layer of its own; every one that is called wrong is a false
alarm.
"""

from __future__ import annotations

import argparse
import collections
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.page import ROOT, publish, table
from measuring.trials import PLAIN, TRAPS, cases, layers_of

from gradcheck.catalogue import DRIVEN
from gradcheck.checks import shapes
from gradcheck.run import Runner
from gradcheck.searching import hunt
from gradcheck.searching.trial import Ruling
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

#: The first seed: far from those of the tests, the nightly job and the other benchmarks.
FIRST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The configurations of one layer at one seed.

    Attributes:
        layer: Its identity.
        family: What it is written as.
        counts: How many configurations were found to be what, by the name of the ruling.
        alarm: The code of the configuration that was called wrong, "" where none was.
    """

    layer: str
    family: str
    counts: dict[str, int]
    alarm: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Search and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help=f"how many seeds, from {FIRST} on (default 1)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    jobs = [(folder, FIRST + seed) for seed in range(options.seeds) for folder in (TRAPS, PLAIN)]
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        found: list[Searched] = []
        for part in pool.map(searched, *zip(*jobs, strict=True)):
            found += part
            print(_row("so far", found), file=sys.stderr)
    publish("random_right", report(found, options.seeds), write=options.write)


def searched(folder: str, seed: int) -> list[Searched]:
    """Every layer of a folder whose configurations can be searched, at one seed."""
    families = {site.identity: site.family for site in find_layers([ROOT / folder], root=ROOT).sites}
    runner = Runner(ROOT, seed=seed)
    found = []
    tried: list[hunt.Hunt] = []
    search = vars(shapes)["search"]

    def watched(one: hunt.Hunt, **given: Any) -> None:
        search(one, **given)
        tried.append(one)

    vars(shapes)["search"] = watched
    with tempfile.TemporaryDirectory() as kept:
        # What is called wrong is found anew in every run.
        hunt.KEPT = Path(kept) / "examples"
        for case, _ in cases(layers_of(folder), seed)[0]:
            if families.get(case.layer) in DRIVEN:
                tried.clear()
                result = runner.check(case, shapes.NAME)
                counts = collections.Counter(one.ruling.name for part in tried for one in part.tried.values())
                alarm = " ".join((result.headline, *result.example)) if result.outcome is Outcome.FAILED else ""
                found.append(Searched(layer=case.layer, family=families[case.layer], counts=dict(counts), alarm=alarm))
    return found


def report(found: Sequence[Searched], seeds: int) -> str:
    """The table, and every alarm."""
    header = ("written as", "layers", "compared", "undecided", "forward rejects", "called wrong")
    kinds = sorted({one.family for one in found})
    rows = [_row(kind, [one for one in found if one.family == kind]) for kind in kinds]
    alarms = [f"- `{one.layer}`: {one.alarm}" for one in found if one.alarm]
    told = f"Seeds: {seeds}, from {FIRST} on; the default profile."
    return "\n\n".join([table(header, [*rows, _row("all", found)]), told, *(["\n".join(alarms)] if alarms else [])])


def _row(kind: str, found: Sequence[Searched]) -> tuple[str, ...]:
    def total(*rulings: Ruling) -> str:
        return str(sum(one.counts.get(ruling.name, 0) for one in found for ruling in rulings))

    layers = len({one.layer for one in found if one.counts})
    compared = total(Ruling.RIGHT, Ruling.WRONG)
    wrong = str(sum(bool(one.alarm) for one in found))
    return (kind, str(layers), compared, total(Ruling.UNDECIDED), total(Ruling.REJECTED), wrong)


if __name__ == "__main__":
    main()
