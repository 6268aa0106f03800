"""How soon the report of many layers is on the screen: files of one, 20 and 100 wrong layers in headless Chromium."""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measuring.page import publish, table

from gradcheck.report import gathering
from gradcheck.report.html.page import render
from gradcheck.report.schema import Document, Settings
from gradcheck.types import CheckResult, Evidence, Outcome, Quantity, Role, StepError, Sweep

SIDE = 64
RUNS = ((1, 0), (2, 20), (20, 0), (100, 0))
EMPTY = b"<!doctype html><html data-ready=true><title>empty</title><p>empty</p></html>"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# The frame after the one in which the page says that it is ready is the first that can show it.
WATCH = """
new MutationObserver((_, observer) => {
    if (!document.documentElement?.dataset.ready) return;
    observer.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = performance.now(); }));
}).observe(document, { subtree: true, attributes: true, childList: true });
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; with --write also into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="times each file is opened (default 7)")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        print(f"left out: none of {', '.join(CHROMIUMS)} is installed", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        empty = timed(browser, Path(folder) / "empty.html", EMPTY, options.rounds)
        rows = [("a page with one word", "0", "0", "", *empty)]
        rows += [row(browser, Path(folder), wrong, right, options.rounds) for wrong, right in RUNS]
        told = f"Chromium {browser.version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end."
        browser.close()
    header = (
        "layers",
        "file, kB",
        "compressed, kB",
        "made in, s",
        "first paint, s: least",
        "median",
        "all, s: least",
        "median",
    )
    publish("report_paint", f"{table(header, rows)}\n\n{told}", write=options.write)


def row(browser: Any, folder: Path, wrong: int, right: int, rounds: int) -> tuple[str, ...]:
    """The size of one file and when it is drawn, from the moment it is asked for."""
    run = document(wrong, right)
    begun = time.perf_counter()
    page = render(run).encode()
    made = time.perf_counter() - begun
    name = f"{wrong} wrong of {SIDE} x {SIDE}" + (f", {right} right" if right else "")
    sizes = (f"{len(page) / 1e3:.0f}", f"{len(gzip.compress(page)) / 1e3:.0f}", f"{made:.2f}")
    return (name, *sizes, *timed(browser, folder / f"{wrong}.html", page, rounds))


def timed(browser: Any, file: Path, page: bytes, rounds: int) -> tuple[str, ...]:
    """Least and median seconds to the first paint, and to the frame with everything on it."""
    file.write_bytes(page)
    times = [painted(browser, file) for _ in range(rounds)]
    return tuple(
        f"{summary(one) / 1e3:.2f}" for one in zip(*times, strict=True) for summary in (min, statistics.median)
    )


def painted(browser: Any, file: Path) -> tuple[float, float]:
    """Milliseconds from the start of the navigation to the first paint, and to the first frame that has everything."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(file.as_uri())
    page.wait_for_function("window.painted && performance.getEntriesByName('first-contentful-paint').length")
    first, everything = page.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime, window.painted]"
    )
    context.close()
    return first, everything


def document(wrong: int, right: int) -> Document:
    """A run of layers, each with one gradient of SIDE x SIDE; in every tenth row of a wrong one all entries are off."""
    generator = np.random.default_rng(0)
    shape = (SIDE, SIDE)
    points = [StepError(step=10.0**-k, from_expected=10.0**-k, from_actual=1.0) for k in range(9)]
    results = []
    for number in range(wrong + right):
        expected = generator.normal(size=shape)
        actual = expected + 1e-15 * generator.normal(size=shape)
        actual[::10] *= 2.0
        outcome = Outcome.FAILED if number < wrong else Outcome.PASSED
        evidence = Evidence(
            name="W",
            role=Role.PARAMETER,
            shape=shape,
            expected=expected,
            actual=actual,
            allowed=np.full(shape, 1e-13),
            oracle="traced_autograd",
            y_bar=expected,
            y=expected,
            sweep=Sweep(points=points, chosen=1e-5),
        )
        quantity = Quantity(name="W", role=Role.PARAMETER, shape=shape, dtype="float64", outcome=outcome, size=SIDE**2)
        results.append(
            CheckResult(
                check="gradient",
                layer=f"layers.py::Layer{number}",
                outcome=outcome,
                compared=1,
                headline=f"Layer{number}: gradient of `W`",
                quantities=(quantity,),
                evidence=(evidence,) if number < wrong else (),
            )
        )
    here = Path(__file__).parent
    settings = Settings(seed=0, profile="default", strict=False)
    return gathering.document([gathering.of_result(one, here) for one in results], here, settings)


if __name__ == "__main__":
    main()
