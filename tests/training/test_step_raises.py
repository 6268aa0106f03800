import numpy as np

from gradcheck import TrainingSetup, check_training
from gradcheck.types import Outcome


def test_a_step_that_raises_is_named_with_its_place():
    W = np.ones(2)

    def step():
        raise RuntimeError("no graph")

    setup = TrainingSetup(
        parameters={"W": W}, loss=lambda: float(W @ W), gradients=lambda: {"W": 2 * W}, step=step, name="mine"
    )
    report = check_training(setup)
    assert [result.check for result in report.results if result.outcome is Outcome.FAILED] == ["step_raises"]
    assert report.results[0].headline.startswith("step 1 raised RuntimeError: no graph (test_step_raises.py:")
