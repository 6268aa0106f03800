"""Verdicts depend on neither order nor process, and the account gathers what other processes found."""

from __future__ import annotations

import itertools
import re

import pytest

pytest_plugins = ["pytester"]

ACCOUNT = "3 layers found, 2 checked, 1 wrong, 0 inconclusive, 1 not built"


IMPORT_LOG = """
import os
import pathlib

with pathlib.Path(os.environ["IMPORT_LOG"]).open("a") as log:
    log.write(f"{os.getpid()}\\n")
"""


def told(result: pytest.RunResult) -> list[str]:
    """What is said of layers: the numbers of the failure, and the account."""
    kept = re.compile(r"  b\[\d\] |\d+ layers found|not built:|problem:|Dense: ")
    return [line for line in result.outlines if kept.match(line)]


@pytest.fixture
def both(project):
    project.write({"src/torn.py": "class Torn:\n    def forward(self, x:\n    def backward(self, g): return g\n"})
    return project


def test_verdicts_are_the_same_in_two_processes_and_in_any_order(both):
    alone = both.run("--gradcheck", "src")
    alone.assert_outcomes(passed=13, failed=1, skipped=16)
    assert ACCOUNT in told(alone)
    assert any(line.startswith("  b[") for line in told(alone))
    assert any(line.startswith("problem: src/torn.py") for line in told(alone))

    spread = both.run("--gradcheck", "src", "-p", "xdist", "-n2")
    spread.assert_outcomes(passed=13, failed=1, skipped=16)
    assert sorted(told(spread)) == sorted(told(alone))

    shuffled = both.run("--gradcheck", "src", "-p", "randomly", "--randomly-seed=5", "-v")
    shuffled.assert_outcomes(passed=13, failed=1, skipped=16)
    order = [line.partition(" ")[0] for line in shuffled.outlines if line.startswith("src/layers.py::")]
    ran = [line.partition(" ")[0] for line in shuffled.outlines if line.endswith("%]")]
    of_layers = [identity.rpartition("::")[0] for identity in ran]
    assert len(list(itertools.groupby(of_layers))) == len(set(of_layers)), "the checks of one layer stay together"
    assert [check.rpartition("::")[2] for check in order[:6]] != [
        "build",
        "contract",
        "linearity",
        "gradient",
        "reference",
        "determinism",
    ]
    assert set(told(shuffled)) >= {line for line in told(alone) if line.startswith("  b[")}
    assert ACCOUNT in told(shuffled)


def test_what_failed_last_is_run_alone(project):
    project.run("--gradcheck", "src", "-k", "Dense").assert_outcomes(passed=4, failed=1, skipped=5, deselected=20)
    again = project.run("--gradcheck", "src", "--lf", "-v")
    again.assert_outcomes(failed=1, deselected=again.parseoutcomes().get("deselected", 0))
    assert [line.partition(" ")[0] for line in again.outlines if line.startswith("src/layers.py::")] == [
        "src/layers.py::Dense::gradient"
    ]


def test_a_file_is_imported_once_in_the_process_of_the_run(project, layers, tmp_path_factory, monkeypatch):
    log = tmp_path_factory.mktemp("outside") / "log"  # into the project an import writes nothing
    monkeypatch.setenv("IMPORT_LOG", str(log))
    project.write(
        {
            "src/layers.py": IMPORT_LOG + layers,
            "conftest.py": "import os\ndef pytest_unconfigure(): print('PROCESS', os.getpid())\n",
        }
    )
    result = project.run("--gradcheck", "src")
    result.assert_outcomes(passed=13, failed=1, skipped=16)
    (process,) = [line.split()[1] for line in result.outlines if line.startswith("PROCESS ")]
    imports = log.read_text().split()
    assert imports.count(process) == 1
    # The rehearsal, in one process for the whole file.
    assert len(imports) == 2


def test_a_process_of_xdist_rehearses_what_is_next_of_a_long_file_and_not_all_of_it(
    project, layers, tmp_path_factory, monkeypatch
):
    log = tmp_path_factory.mktemp("outside") / "log"
    monkeypatch.setenv("IMPORT_LOG", str(log))
    further = "".join(f"class Rectifier{number}(ReLU):\n    pass\n\n\n" for number in range(20))
    project.write({"src/layers.py": IMPORT_LOG + layers + further})

    first = project.run("--gradcheck", "src", "-p", "xdist", "-n1", "-k", "ReLU and build")
    first.assert_outcomes(passed=1)
    every = project.run("--gradcheck", "src", "-p", "xdist", "-n1", "-k", "build and not Unknown")
    every.assert_outcomes(passed=22)
    imports = log.read_text().split()
    # In the process of each run, and in one rehearsal of one layer and two of 22.
    assert len(imports) == len(set(imports)) == 5
