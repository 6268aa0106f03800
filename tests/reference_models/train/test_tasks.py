"""The short trainings reach their results; of the long ones a few steps are taken."""

from __future__ import annotations

import numpy as np
import pytest

from reference_models.data.transduction import PADDING, Pairs
from reference_models.train.loading import load_all
from reference_models.train.transduction import token_accuracy, written

TASKS = load_all()
QUICK = ["perceptron", "xor_single_layer", "xor", "spirals"]


def run(name, *, seed=0, steps=None):
    curve = []
    task = TASKS[name]
    result = task.train(seed, task.steps if steps is None else steps, curve.append)
    return result, curve


@pytest.mark.parametrize("name", QUICK)
def test_a_quick_task_reaches_its_stated_result(name):
    result, curve = run(name)
    assert result.reached, result.sentence
    assert [step.number for step in curve] == list(range(1, TASKS[name].steps + 1))


def test_the_single_layer_ends_at_the_loss_of_a_coin():
    result, curve = run("xor_single_layer")
    assert curve[-1].loss == pytest.approx(np.log(2), abs=1e-4)
    assert "near 50% is expected" in result.sentence


@pytest.mark.parametrize("name", sorted(set(TASKS) - {"xor_single_layer", "perceptron", "line"}))
def test_what_was_hardly_trained_has_not_reached_its_result(name):
    result, curve = run(name, steps=2)
    assert not result.reached
    assert len(curve) == 2


@pytest.mark.parametrize("name", ["digits", "copy", "reverse", "master_sequences", "characters"])
def test_the_loss_of_a_long_task_falls_within_a_few_steps_and_repeats_itself(name):
    _, curve = run(name, steps=12)
    _, again = run(name, steps=12)
    assert np.mean([step.loss for step in curve[-3:]]) < np.mean([step.loss for step in curve[:3]])
    assert [step.loss for step in curve] == [step.loss for step in again]


class Parrot:
    """Says after each token the next of the source; a stand-in for a model that has learned to copy."""

    def forward(self, source, seen):
        return np.eye(9)[np.concatenate([source, np.full((len(source), 1), 2)], axis=1)[:, : seen.shape[1]]]


def test_what_is_written_is_taken_token_by_token_after_the_models_own():
    source = np.array([[3, 4, 5], [8, 7, 6]])
    assert written(Parrot(), source, 4).tolist() == [[3, 4, 5, 2], [8, 7, 6, 2]]


def test_padding_counts_for_nothing_in_the_accuracy():
    said = np.array([[3, 4, 2], [5, 2, PADDING]])
    pairs = Pairs(source=said, seen=said, said=said)
    assert token_accuracy(np.array([[3, 4, 2], [5, 0, 7]]), pairs) == 4 / 5
