"""A failure points at the statement that computes the gradient."""

from __future__ import annotations

import textwrap

import pytest

from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

LAYERS = """
import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        db = dout.mean(axis=0)
        self.db = db
        dx = dout @ self.W.T
        return dx


class Returning(Linear):
    def backward(self, dout):
        dx = 2 * dout @ self.W.T
        return dx, self.x.T @ dout, dout.sum(axis=0)
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "pyproject.toml").write_text("")
    (root / "layers.py").write_text(textwrap.dedent(LAYERS))
    runner = Runner(root)
    return {
        site.qualname: runner.check(runner.build(site), "gradient") for site in find_layers([root], root=root).sites
    }


def test_the_failing_line_is_the_statement_that_computes_the_gradient(results):
    result = results["Linear"]
    assert result.outcome is Outcome.FAILED
    blame = result.blame["b"]
    assert (blame.source, blame.path, blame.function) == (("db = dout.mean(axis=0)",), "layers.py", "backward")
    assert result.line == blame.line
    assert set(result.blame) == {"b"}


def test_what_is_returned_is_found_by_its_name(results):
    assert results["Returning"].blame["x"].source == ("dx = 2 * dout @ self.W.T",)


def test_the_gradient_is_looked_for_behind_the_value_it_is_returned_with(tmp_path):
    (tmp_path / "losses.py").write_text(
        "import numpy as np\n\n\n"
        "def squared_loss(y_predicted, y_true):\n"
        "    loss = np.sum(np.square(y_predicted - y_true))\n"
        "    dy = y_predicted - y_true\n"
        "    return loss, dy\n"
    )
    site = find_layers([tmp_path], root=tmp_path).sites[0]
    runner = Runner(tmp_path)
    result = runner.check(runner.build(site), "gradient")
    assert result.outcome is Outcome.FAILED
    assert result.line == 6
