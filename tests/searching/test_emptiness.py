"""A batch of no samples: every gradient is zero, what cannot be compared is not, a crash is told."""

import textwrap

import numpy as np
import pytest

from gradcheck.run import Runner
from gradcheck.searching import hunt
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome, Profile

LAYER = """
    import numpy as np


    class Dense:
        def __init__(self, in_features, out_features):
            self.W = np.random.randn(in_features, out_features)
            self.b = np.zeros(out_features)

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = self.x.T @ dout, {db}
            return dout @ self.W.T
"""


@pytest.fixture
def search(tmp_path, monkeypatch):
    # As many as it takes until every length has been tried.
    monkeypatch.setitem(hunt.MOST_JUDGED, Profile.DEFAULT, 16)

    def run(code):
        (tmp_path / "layers.py").write_text(textwrap.dedent(code))
        (tmp_path / "pyproject.toml").write_text("")
        site = find_layers([tmp_path], root=tmp_path).sites[0]
        runner = Runner(tmp_path)
        return runner.check(runner.build(site), "shapes")

    return run


def test_a_sum_over_no_rows_is_zero(search):
    found = search(LAYER.format(db="dout.sum(axis=0)"))
    assert found.outcome is Outcome.PASSED


def test_a_mean_over_no_rows_is_told(search):
    found = search(LAYER.format(db="len(dout) * np.mean(dout, axis=0)"))
    assert found.outcome is Outcome.PASSED
    assert any("no samples" in note and "`b`" in note and "not finite" in note for note in found.notes)


def test_a_zero_with_fewer_axes_is_a_zero(search):
    found = search(LAYER.format(db="sum(list(dout))"))
    assert found.outcome is Outcome.PASSED


def test_what_is_left_of_no_rows_fails_and_is_shown_as_code_that_runs(search):
    found = search(LAYER.format(db="dout.sum(axis=0) if len(dout) else np.ones_like(self.b)"))
    assert found.outcome is Outcome.FAILED
    assert [(q.name, q.reason) for q in found.quantities] == [("b", "it is not zero")]
    code = "\n".join(found.example)
    assert "np.zeros((0, " in code
    names = {"np": np, "Dense": lambda **given: type("L", (), {"forward": lambda self, x: x.sum(axis=1)})()}
    exec(code, names)  # noqa: S102 - what a person would paste
    assert names["y"].size == 0


def test_a_backward_that_raises_on_no_rows_is_told(search):
    found = search(LAYER.format(db="dout.sum(axis=0) + 0.0 * dout[-1]"))
    assert found.outcome is Outcome.PASSED
    assert any("no samples" in note and "IndexError" in note for note in found.notes)
