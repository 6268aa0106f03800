import numpy as np

from gradcheck import TrainingSetup
from gradcheck.trials.trial import Trial
from gradcheck.trials.walk import walk


def trial(rate):
    W = np.array([1.0, 2.0])

    def step():
        W[...] -= rate * 2 * W

    setup = TrainingSetup(parameters={"W": W}, loss=lambda: float(W @ W), gradients=lambda: {"W": 2 * W}, step=step)
    return Trial(setup, 0)


def test_the_loss_is_told_at_the_start_after_some_steps_and_at_the_end():
    taken = walk(trial(0.25), 30)
    assert [step for step, _ in taken.losses] == [0, 1, 2, 5, 10, 20, 30]
    assert (taken.first, taken.losses[1][1]) == (5.0, 1.25)
    assert len(taken.points) == 4


def test_a_scaled_walk_is_the_walk_with_another_learning_rate():
    assert walk(trial(1.0), 10, scale=0.25).losses == walk(trial(0.25), 10).losses


def test_a_walk_that_diverges_ends_early():
    assert walk(trial(1e200), 50).steps < 10


def test_the_parameters_are_as_they_were_after_a_walk_is_restored():
    found = trial(0.25)
    walk(found, 3)
    found.restore()
    assert found.parameters()["W"].tolist() == [1.0, 2.0]
