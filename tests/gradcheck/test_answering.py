"""A layer that does not end costs its own checks: they are undecided, and say where it was."""

import pytest

from gradcheck.answering import MOST_OVERDUE
from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

LAYER = """
import numpy as np

class Layer:
    def forward(self, x):
        {forward}
        self.x = x
        return np.tanh(x)

    def backward(self, grad):
        {backward}
        return grad * (1 - np.tanh(self.x) ** 2)
"""
INPUTS = '[tool.gradcheck.layers."layers.py::Layer"]\ninputs = { x = [2, 3] }\n'


@pytest.fixture
def answers(tmp_path):
    def run(*names, forward="pass", backward="pass", settings=""):
        (tmp_path / "pyproject.toml").write_text("[tool.gradcheck]\nevaluation_seconds = 1.0\n" + settings)
        (tmp_path / "layers.py").write_text(LAYER.format(forward=forward, backward=backward))
        runner = Runner(tmp_path)
        [site] = find_layers([tmp_path / "layers.py"], root=tmp_path).sites
        case = runner.build(site)
        return [runner.check(case, name) for name in names]

    return run


def test_only_the_check_that_meets_the_loop_is_undecided(answers):
    precision, contract = answers("precision", "contract", forward="while x.dtype == np.float32: pass")
    assert precision.outcome.value == "inconclusive"
    assert precision.headline == "forward or backward did not end within 1 s (layers.py:6)"
    assert any("evaluation_seconds" in note for note in precision.notes)
    assert contract.outcome.value == "passed"


def test_after_a_second_one_the_others_are_not_begun(answers):
    loop = "while x.dtype == np.float32 or x.shape != (4, 8): pass"
    *_, last = answers("precision", "batch", "shapes", "contract", forward=loop)
    assert last.headline == f"not begun: {MOST_OVERDUE} checks did not end in time"


def test_a_configured_layer_that_does_not_end_is_not_built(answers):
    with pytest.raises(BuildError, match=r"did not end within 1 s \(layers\.py:11\)") as refused:
        answers(settings=INPUTS, backward="while True: pass")
    assert "evaluation_seconds" in refused.value.remedy[0]
