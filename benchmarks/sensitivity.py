"""How small each known mistake can become before it is no longer found, by the exact oracle and by finite differences.

Every layer of tests/known_wrong whose mistake is in the values of a gradient is checked again with the mistake shrunk
by decades (`measuring/fading.py`). Prints what differs from the ledgers, and the table.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.fading import FINDERS, concerns, found, shrinkable, smallest
from measuring.page import ROOT, publish, table
from measuring.trials import WRONG, layers_of, ledger_of

from gradcheck.run import Runner

#: As in the table.
TITLES = {
    "traced_autograd": "exact oracle",
    "finite_difference": "finite differences",
    "reference": "torch's own layer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured of one layer.

    Attributes:
        layer: Its identity.
        explanation: What its ledger calls the mistake.
        oracles: What finds the mistake.
        smallest: Of these to the smallest share of the mistake that each finds, where it can be shrunk for it.
        listed: The same two as the ledger has them.
    """

    layer: str
    explanation: str
    oracles: tuple[str, ...]
    smallest: Mapping[str, float]
    listed: tuple[tuple[str, ...], Mapping[str, float]]

    @property
    def columns(self) -> str:
        """The two columns as the ledger has them."""
        sizes = ", ".join(f'"{finder}": {share:.0e}' for finder, share in self.smallest.items())
        names = ", ".join(f'"{finder}"' for finder in self.oracles)
        return f'"oracles": [{names}], "smallest": {{{sizes}}}'


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the global seed (default 0, that of the ledgers)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("modules", nargs="*", help="names of modules of tests/known_wrong (default all)")
    options = parser.parse_args(arguments)
    rows = measured(options.seed, options.modules)
    for row in rows:
        if (row.oracles, row.smallest) != row.listed:
            print(f"{row.layer} differs from its ledger: {row.columns}")
    publish("sensitivity", report(rows), write=options.write)


def measured(seed: int, modules: Collection[str]) -> list[Row]:
    """Every layer of the ledgers whose mistake can be shrunk, of some modules only where any are named."""
    runner = Runner(ROOT, seed=seed)
    ledgers: dict[str, dict[str, Any]] = {
        file.relative_to(ROOT).as_posix(): ledger_of(file)
        for file in (ROOT / WRONG).glob("*.py")
        if not modules or file.stem in modules
    }
    layers = [site for site, _ in layers_of(WRONG) if site.path in ledgers]
    sites = [site for site in layers if concerns(ledgers[site.path][site.qualname])]
    rows = []
    for path in dict.fromkeys(site.path for site in sites):
        here = [site for site in sites if site.path == path]
        runner.prepare(here)
        for site in here:
            entry, case = ledgers[path][site.qualname], runner.build(site)
            oracles = tuple(finder for finder in FINDERS if found(case, finder))
            row = Row(
                layer=site.identity,
                explanation=entry["explanation"],
                oracles=oracles,
                smallest={finder: smallest(case, finder) for finder in oracles if shrinkable(case, finder)},
                listed=(tuple(entry.get("oracles", ())), entry.get("smallest", {})),
            )
            rows.append(row)
            print(f"{row.layer} {row.columns}", file=sys.stderr, flush=True)
    return rows


def report(rows: Sequence[Row]) -> str:
    """The table by explanation, and what it is about."""
    header = ("mistake", "layers", *(f"{TITLES[finder]}: median (worst)" for finder in FINDERS))
    kinds = sorted({row.explanation for row in rows})
    body = [_line(kind, [row for row in rows if row.explanation == kind]) for kind in kinds]
    return table(header, [*body, _line("all", rows)])


def _line(kind: str, rows: Sequence[Row]) -> tuple[str, ...]:
    shares = [[row.smallest[finder] for row in rows if finder in row.smallest] for finder in FINDERS]
    return (kind, str(len(rows)), *(_summary(found, len(rows)) for found in shares))


def _summary(shares: Sequence[float], layers: int) -> str:
    if not shares:
        return ""
    counted = "" if len(shares) == layers else f" of {len(shares)}"
    return f"{statistics.median_high(shares):.0e} ({max(shares):.0e}){counted}"


if __name__ == "__main__":
    main()
