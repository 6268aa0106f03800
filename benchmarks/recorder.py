"""What recording costs at its default rate: seconds of a training with a recorder over seconds without, in one run."""

from __future__ import annotations

import argparse
import itertools
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.page import publish, table

import gradcheck
from reference_models.mlp import MLP
from reference_models.optimizers import Adam

# Pairs of blocks, with and without, one after the other: what else the machine does meets both.
PAIRS = 7
# Seconds of one block. Each is a run with a recorder of its own, whose budget is a part of the time it lives: one that
# lived through the blocks without it would spend twice as much in the others.
BLOCK_SECONDS = 1.5
BATCH = 32


def numpy_step(sizes: list[int]) -> tuple[object, object, Callable[[], float]]:
    """A model, its optimizer, and a function that trains it by one step and returns the loss."""
    model = MLP(sizes)
    optimizer = Adam(model.parameters())
    x = np.random.default_rng(0).normal(size=(BATCH, sizes[0]))

    def step() -> float:
        y = model.forward(x)
        model.backward(y / y.size)
        optimizer.step(model.gradients())
        return float(np.mean(y * y) / 2)

    return model, optimizer, step


def torch_step(sizes: list[int]) -> tuple[object, object, Callable[[], float]]:
    """The same in torch."""
    import torch

    layers = [torch.nn.Linear(i, o) for i, o in itertools.pairwise(sizes)]
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.Adam(model.parameters())
    x = torch.randn(BATCH, sizes[0])

    def step() -> float:
        optimizer.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    return model, optimizer, step


def block(step: Callable[[], float], told: Callable[[float], None], steps: int) -> float:
    """Seconds of a number of steps, on the clock: threads of BLAS that wait for work count as busy processors."""
    begun = time.perf_counter()
    for _ in range(steps):
        told(step())
    return time.perf_counter() - begun


def ratio(made: tuple[object, object, Callable[[], float]]) -> tuple[float, int, float]:
    """The median ratio over the pairs, steps of a block, and closer looks per 100 steps."""
    model, optimizer, step = made
    block(step, lambda _: None, 20)
    once = block(step, lambda _: None, 20) / 20
    steps = max(int(BLOCK_SECONDS / once), 20)
    ratios, looks = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for run in range(PAIRS):
            plain = block(step, lambda _: None, steps)
            with gradcheck.record(model, optimizer, folder=Path(folder) / str(run)) as recorder:
                ratios.append(block(step, recorder.step, steps) / plain)
            looks += len(gradcheck.read_run(Path(folder) / str(run)).samples)
    return statistics.median(ratios), steps, 100 * looks / (PAIRS * steps)


def main() -> None:
    """Measure and publish the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args()
    cases = {
        "MLP of 60 parameters, NumPy": numpy_step([4, 6, 4]),
        "MLP of 20,000 parameters, NumPy": numpy_step([100, 128, 64, 10]),
        "MLP of 1,000,000 parameters, NumPy": numpy_step([784, 1024, 200, 10]),
    }
    try:
        cases["MLP of 1,000,000 parameters, torch"] = torch_step([784, 1024, 200, 10])
    except ImportError:
        print("torch is not installed; its row is left out")
    rows = [["training", "seconds with / without", "closer looks per 100 steps"]]
    for name, made in cases.items():
        found, _, looks = ratio(made)
        rows.append([name, f"{found:.3f}", f"{looks:.1f}"])
    note = (
        f"Medians of {PAIRS} pairs of blocks of about {BLOCK_SECONDS} s, batches of {BATCH}, Adam; "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end."
    )
    publish("recorder", f"{table(rows[0], rows[1:])}\n\n{note}", write=options.write)


if __name__ == "__main__":
    main()
