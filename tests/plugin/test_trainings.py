"""Marked trainings as items of pytest, and on the command line's `check`."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

SOURCE = """\
import numpy as np

import gradcheck


class Model:
    def __init__(self):
        self.W, self.dW = np.array([1.0, 2.0]), np.zeros(2)

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, y_bar):
        self.dW = self.x.T @ y_bar


class Descent:
    learning_rate = 0.02

    def __init__(self, model, moves):
        self.model, self.moves = model, moves

    def step(self):
        if self.moves:
            self.model.W -= self.learning_rate * self.model.dW


def made(moves):
    x, model = np.array([[1.0, 2.0], [3.0, 4.0]]), Model()
    loss = (lambda y, t: np.mean((y - t) ** 2), lambda y, t: y - t)
    return model, loss, Descent(model, moves), (x, np.ones(2))


@gradcheck.training(steps=20)
def moving():
    return made(True)


@gradcheck.training(steps=20)
def standing():
    return made(False)
"""
ENDS = """\
import os

import gradcheck


@gradcheck.training
def ending():
    os._exit(3)


@gradcheck.training
def raising():
    raise OSError("no data")


@gradcheck.training
def number():
    return 3
"""


def test_each_marked_training_is_one_item_and_the_root_cause_fails_it(project):
    project.write({"train.py": SOURCE})
    result = project.run("--gradcheck", "train.py", "-v", "-k", "moving or standing")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "train.py::moving::training PASSED*",
            "train.py::standing::training FAILED*",
            "*standing: optimizer_updates_a_copy: the optimizer updates a copy of W",
            "*the loss is 58 after every one of 20 steps*",
            "*gradcheck check train.py::standing --check training --seed 0*",
            "*2 trainings found, 2 checked, 1 wrong*",
        ]
    )


def test_a_training_that_cannot_be_made_costs_its_own_item_only(project):
    project.write({"train.py": ENDS})
    result = project.run("--gradcheck", "train.py", "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines_random(
        [
            "*raising raised OSError: no data (train.py:13)*",
            "*number returned int; expected (model, loss, optimizer*",
            "*3 trainings found, 0 checked, 0 wrong, 0 inconclusive, 3 not built*",
        ]
    )
    project.run("--gradcheck", "--gradcheck-strict", "train.py").assert_outcomes(failed=3)


@pytest.mark.parametrize("configured", ["skip = 'too long'", "checks.training.skip = 'too long'"])
def test_a_training_is_left_out_by_configuration(project, configured):
    project.write(
        {"train.py": SOURCE, "pyproject.toml": f'[tool.gradcheck.layers."train.py::standing"]\n{configured}\n'}
    )
    result = project.run("--gradcheck", "train.py", "-rs", "-k", "standing")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*left out: too long*"])
