"""gradcheck beside torch.autograd.gradcheck and beside central differences, on the same layers with the same mistakes.

Every tool is handed the same cases: gradcheck finds and builds the layers, invents the inputs and finds parameters and
gradients; the other tools get all of that for nothing.
"""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import multiprocessing
import os
import platform
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring import accounts, growth
from measuring.page import publish
from measuring.trials import PLAIN, TRAPS, WRONG, Sitting, Trial, sit, tools

#: Widths of the layer that grows; at the last one a check of every entry takes seconds.
WIDTHS = (8, 24, 64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the comparison and print it; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="seeds of the right layers (default 20)")
    parser.add_argument("--slow-seeds", type=int, default=5, help="seeds of the tools that visit every entry, there")
    parser.add_argument("--bug-seeds", type=int, default=2, help="seeds of the wrong layers (default 2)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    # One thread each: threads of a matrix library on arrays this small measure the scheduler.
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    start = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    # The first call of each tool imports what it needs; that belongs to no measurement.
    warm_up = functools.partial(growth.grow, 2, 0, exhaustive=True)
    with ProcessPoolExecutor(options.workers, mp_context=context, initializer=warm_up) as pool:
        bugs = [pool.submit(sit, WRONG, seed, exhaustive=True) for seed in range(options.bug_seeds)]
        grown = [
            pool.submit(growth.grow, width, seed, exhaustive=seed == 0)
            for width in reversed(WIDTHS)
            for seed in range(options.seeds)
        ]
        right = [
            pool.submit(sit, folder, seed, exhaustive=seed < options.slow_seeds)
            for seed in range(options.seeds)
            for folder in (TRAPS, PLAIN)
        ]
        sittings = [future.result() for future in (*bugs, *right)]
        growing = [trial for future in grown for trial in future.result()]
    content = report(sittings, growing, common_seeds=range(min(options.slow_seeds, options.bug_seeds)))
    minutes = (time.perf_counter() - start) / 60.0
    publish("detection", f"{content}\n\n{conditions(options, minutes)}", write=options.write)


def report(sittings: Sequence[Sitting], growing: Sequence[Trial], *, common_seeds: range) -> str:
    """Every table, with what it shows."""
    trials = [trial for sitting in sittings for trial in sitting.trials]
    names = [tool.name for tool in tools()]
    not_built = sorted({identity for sitting in sittings for identity, _ in sitting.not_built})
    conventions = "; ".join(f"{name} {why}" for name, why in accounts.CONVENTIONS.items())
    left_out = (
        f"Layers times seeds. Left out of the right ones, where calling them wrong is no mistake: {conventions}. "
        f"Not built, and so given to no tool: {', '.join(not_built) or 'none'}."
    )
    ratios = (
        "Means over the seeds at which every tool ran, the largest number of forwards in parentheses; seconds are "
        f"ratios to the fastest tool of the column. {_building(sittings)}"
    )
    return "\n\n".join(
        (
            "### Found, and called wrong for nothing",
            accounts.summary(trials, names),
            left_out,
            "### Cost of one layer",
            accounts.costs(trials, names, common_seeds),
            ratios,
            "### What each tool missed, by the kind of mistake",
            accounts.missed(trials, names),
            "### Right layers called wrong",
            accounts.alarms(trials, names),
            "### A layer that grows",
            accounts.growing(growing, names, WIDTHS),
        )
    )


def conditions(options: argparse.Namespace, minutes: float) -> str:
    """What this run was."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("gradcheck", "numpy", "torch"))
    return (
        f"Python {platform.python_version()}, {versions}; seeds of the right layers: {options.seeds}, "
        f"{min(options.slow_seeds, options.seeds)} for the tools that visit every entry; of the wrong ones: "
        f"{options.bug_seeds}. Processes: {options.workers}, on {os.cpu_count()} cores, {minutes:.1f} minutes."
    )


def _building(sittings: Sequence[Sitting]) -> str:
    layers = sum(sitting.layers for sitting in sittings)
    building = sum(sitting.building for sitting in sittings) / layers
    fastest = min(
        accounts.mean(t.seconds for s in sittings for t in s.trials if t.tool == tool.name) for tool in tools()
    )
    return (
        f"Finding, rehearsing and building a layer took gradcheck {building / fastest:.0f} times as long as the "
        "fastest tool took to check one; it is counted for nobody."
    )


if __name__ == "__main__":
    main()
