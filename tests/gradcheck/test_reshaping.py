"""Inputs whose first shape was made up, and gradients that fit no shape of theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Case, CheckResult, Outcome

PAIR = """
import numpy as np


def damped_forward(x, a):
    return np.where(x > 0, x, a * x), (x, a)


def damped_backward(dout, cache):
    x, a = cache
    return np.where(x > 0, dout, a * dout), {gradient}
"""
BIAS = """
def shifted_forward(x, b):
    return x + b, None


def shifted_backward(dout, cache):
    return dout, dout
"""
ROWS = """
import numpy as np


class Weighted:
    def forward(self, pred, target, weight):
        self.off, self.weight = pred - target, weight
        return float(np.sum(weight[:, None] * self.off**2))

    def backward(self):
        return {factor} * self.weight[:, None] * self.off
"""


def gradient_of(folder: Path, text: str) -> tuple[Case, CheckResult]:
    """The Case that is built of a file with one layer, and what the check of its gradients says."""
    (folder / "layers.py").write_text(text)
    (site,) = find_layers([folder], root=folder).sites
    runner = Runner(folder)
    case = runner.build(site)
    return case, runner.check(case, "gradient")


@pytest.mark.parametrize(
    ("gradient", "shape"), [("np.sum(dout * x * (x <= 0))", ()), ("np.sum(dout * x * (x <= 0), axis=0)", (8,))]
)
def test_a_slope_has_the_shape_of_the_gradient_that_is_answered_for_it(
    tmp_path: Path, gradient: str, shape: tuple[int, ...]
) -> None:
    case, result = gradient_of(tmp_path, PAIR.format(gradient=gradient))
    assert (case.subject.primals["a"].shape, result.outcome) == (shape, Outcome.PASSED)


def test_a_wrong_gradient_of_another_shape_than_guessed_is_compared(tmp_path: Path) -> None:
    _, result = gradient_of(tmp_path, PAIR.format(gradient="np.sum(dout * x * (x > 0))"))
    assert (result.outcome, [one.name for one in result.quantities if one.wrong]) == (Outcome.FAILED, ["a"])


def test_a_gradient_that_fits_no_shape_forward_takes_leaves_the_verdict_open(tmp_path: Path) -> None:
    _, result = gradient_of(tmp_path, PAIR.format(gradient="np.zeros((3, 5))"))
    assert result.outcome is Outcome.INCONCLUSIVE
    assert result.headline == "damped_forward: backward answers `a` a gradient of shape (3, 5), not compared"


def test_a_sum_that_is_missing_in_the_gradient_of_a_bias_is_no_other_shape_of_it(tmp_path: Path) -> None:
    case, result = gradient_of(tmp_path, BIAS)
    assert (case.subject.primals["x"].shape, case.inputs) == ((4, 8), "x (4, 8), b (8,)")
    assert result.outcome is Outcome.INCONCLUSIVE
    assert "backward answers `b` a gradient of shape (4, 8)" in result.headline


@pytest.mark.parametrize(("factor", "outcome"), [("2.0", Outcome.PASSED), ("1.0", None)])
def test_one_weight_a_row_is_tried_and_excuses_no_wrong_factor(
    tmp_path: Path, factor: str, outcome: Outcome | None
) -> None:
    case, result = gradient_of(tmp_path, ROWS.format(factor=factor))
    is_by_row = case.given["weight"].shape == (case.subject.primals["pred"].shape[0],)
    assert is_by_row == (outcome is Outcome.PASSED)
    assert (result.outcome is Outcome.PASSED) == is_by_row
