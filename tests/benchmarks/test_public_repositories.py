"""The benchmark over checkouts counts by kind what is found, built and judged."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = """\
import numpy as np


def relu_forward(x):
    return x * (x > 0), x


def relu_backward(dout, x):
    return dout * (x > 0)


class Tanh:
    def fn(self, x):
        return np.tanh(x)

    def grad(self, x):
        return 1 - np.tanh(x)


class Unknown:
    def __init__(self, thing):
        self.scale = thing.first.second

    def forward(self, x):
        return x * self.scale

    def backward(self, grad):
        return grad * self.scale
"""


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import public_repositories

    yield public_repositories
    sys.modules.pop("public_repositories", None)


def test_every_site_is_counted_under_its_kind(benchmark, tmp_path):
    (tmp_path / "layers.py").write_text(LAYERS, encoding="utf-8")
    found = list(benchmark.outcomes(tmp_path, ("class", "pair", "object")))
    assert {kind: columns for kind, columns, _ in found} == {
        "pair": ["found", "instantiated", "verdict", "passed"],
        "object": ["found", "instantiated", "verdict", "failed"],
        "class": ["found", "not built"],
    }
    told = {kind: told for kind, _, told in found}
    assert told["object"].startswith("layers.py::Tanh: failed: ")
    assert "could not be constructed" in told["class"]


def test_a_backward_that_raises_is_told_by_the_contract(benchmark, tmp_path):
    raising = "class Scale:\n    def forward(self, x): return 2 * x\n    def backward(self, dout): return 2 * d_out\n"
    (tmp_path / "layers.py").write_text(raising, encoding="utf-8")
    ((_, columns, told),) = benchmark.outcomes(tmp_path, ("class",))
    assert columns == ["found", "instantiated", "verdict", "failed"]
    assert "backward raises NameError" in told


def test_the_table_has_a_row_for_each_kind_and_the_sums(benchmark):
    counts = {"pair": {"found": 3, "instantiated": 3, "verdict": 2, "passed": 2, "not built": 1}, "class": {}}
    found = [benchmark.Measured(name="owner/name", commit="0123456789", counts=counts, seconds=5.0, peak=280)]
    lines = benchmark.report(found, "6 s with 2 at a time").splitlines()
    assert lines[2] == "| owner/name 0123456789 | pair | 3 | 3 | 2 | 2 | 0 | 0 | 1 |"
    assert lines[3].startswith("| all | pair | 3 |")
    assert lines[7] == "| pair | 100 % | 67 % |"
    assert lines[-1] == (
        "1 repositories, 6 s with 2 at a time; the slowest owner/name 5 s. The largest process held 280 MiB."
    )
