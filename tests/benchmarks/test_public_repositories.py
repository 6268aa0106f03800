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
    assert dict(benchmark.outcomes(tmp_path, ("class", "pair", "object"))) == {
        "pair": ["found", "instantiated", "verdict", "passed"],
        "object": ["found", "instantiated", "verdict", "failed"],
        "class": ["found", "not built"],
    }


def test_the_table_has_a_row_for_each_kind_and_the_sums(benchmark):
    counts = {"pair": {"found": 3, "instantiated": 3, "verdict": 2, "passed": 2, "undecided": 1}, "class": {}}
    found = [benchmark.Measured(name="owner/name", commit="0123456789", counts=counts, seconds=5.0)]
    lines = benchmark.report(found).splitlines()
    assert lines[2] == "| owner/name 0123456789 | pair | 3 | 3 | 2 | 2 | 0 | 1 | 0 |"
    assert lines[3].startswith("| all | pair | 3 |")
    assert lines[-1] == "1 repositories, 5 s in all."
