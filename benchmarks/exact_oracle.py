"""What the exact oracle costs: on a transformer of 44 million parameters, and on small layers beside other rules."""

from __future__ import annotations

import argparse
import importlib.metadata
import multiprocessing
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import oracles, stack
from measuring.page import publish, table
from measuring.trials import PLAIN, TRAPS

#: Layers of d_model 512, 8 heads, d_ff 2048: 44.1 million parameters.
LAYERS = 14
#: Sequences and positions.
SHAPES = ((4, 32),)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measurement (default 3)")
    parser.add_argument("--layers", type=int, default=LAYERS, help=f"encoder layers of the stack (default {LAYERS})")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    # One thread each, so that processor time compares work and not how it is shared out.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    context = multiprocessing.get_context("spawn")
    # A process of its own for each: memory is counted from a fresh start.
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        measured = [pool.submit(stack.measure, options.layers, shape, options.rounds).result() for shape in SHAPES]
        small = [(folder, pool.submit(oracles.compare, folder, options.rounds).result()) for folder in (PLAIN, TRAPS)]
    publish("exact_oracle", report(measured, small, options.rounds), write=options.write)


def report(measured: Sequence[stack.Measured], small: Sequence[tuple[str, list[oracles.Compared]]], rounds: int) -> str:
    """Both tables and what they were made with."""
    header = ("", *(f"{one.parameters:,} parameters, input {one.shape}" for one in measured))
    costs = [
        (f"{folder}: {rule}", *_cost(found, rule)) for folder, found in small for rule in oracles.RULES
    ]  # fmt: skip
    traced = ", ".join(f"{sum(one.traced for one in found)} of {len(found)} in `{folder}`" for folder, found in small)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("numpy", "torch"))
    sections = (
        "### Every gradient entry of a transformer encoder",
        table(header, [(name, *values) for name, *values in zip(ROWS, *map(_column, measured), strict=True)]),
        "### Small layers",
        table(("", "forwards", "backwards", "median time", "exact oracle is faster by"), costs),
        (
            f"Judged by the exact oracle: {traced}. Times are processor time, user and system, one thread, the least "
            f"of {rounds} rounds in turn (torch's gradcheck: one), divided by the median of finite differences in the "
            "same folder; the last column is "
            "the median over layers of the ratio on each."
        ),
        (
            f"Python {platform.python_version()}, {versions}, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f} at the end."
        ),
    )
    return "\n\n".join(sections)


ROWS = (
    "gradient entries compared with exact ones",
    "verdict",
    "check: hand-written forwards, backwards",
    "check: time, in forwards and backwards by hand",
    "check: resident memory at most, in parameters",
    "of this the user's parameters and the point of the check",
    "building: hand-written forwards, backwards",
    "building: time, in forwards and backwards by hand",
)


def _column(one: stack.Measured) -> tuple[str, ...]:
    spread = f"{statistics.median(one.ratios):.2f} ({min(one.ratios):.2f} to {max(one.ratios):.2f})"
    return (
        f"{one.entries:,} of {one.entries:,}"
        if one.compared >= one.entries
        else f"{one.compared:,} of {one.entries:,}",
        "passed" if one.passed else "not passed by the exact oracle",
        f"{one.calls.forwards}, {one.calls.backwards}",
        spread,
        f"{one.peak:.2f}",
        f"{one.held:.2f}",
        f"{one.built_by.forwards}, {one.built_by.backwards}",
        f"{one.building:.1f}",
    )


def _cost(found: list[oracles.Compared], rule: str) -> tuple[str, str, str, str]:
    unit = statistics.median(one.costs["finite differences"].seconds for one in found)
    costs = [one.costs[rule] for one in found]
    faster = "" if rule == oracles.RULES[0] else f"{oracles.ratio(found, rule, oracles.RULES[0]):.2f}"
    return (
        f"{statistics.median(cost.forwards for cost in costs):.0f}",
        f"{statistics.median(cost.backwards for cost in costs):.0f}",
        f"{statistics.median(cost.seconds for cost in costs) / unit:.2f}",
        faster,
    )


if __name__ == "__main__":
    main()
