"""What a failure says of its cause: in the headline, in the hint, and as explanations with their evidence."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.explaining import MOST_GRADIENTS, UNEXPLAINED
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

W = np.array([[0.5, -0.3, 0.8], [0.2, 0.7, -0.4]])
X = np.array([[0.3, -1.2], [0.7, 0.4], [-0.9, 1.1], [1.3, -0.2]])
B = np.array([0.1, -0.2, 0.3])


def failed(check="gradient", **changed):
    """The failure of x W + b whose gradients went through the functions given."""

    def vjp(y_bar, x, w, b):
        right = {"x": y_bar @ w.T, "w": x.T @ y_bar, "b": y_bar.sum(axis=0)}
        return {name: changed.get(name, np.asarray)(gradient) for name, gradient in right.items()}

    report = gradcheck.check_vjp(lambda x, w, b: x @ w + b, vjp, {"x": X, "w": W, "b": B})
    return next(result for result in report.results if result.check == check and result.outcome is Outcome.FAILED)


def test_the_headline_ends_with_the_explanation_and_the_hint_says_what_to_try():
    result = failed(b=lambda b_bar: b_bar / 4.0)
    assert result.headline.endswith("gradient of `b` is wrong in 3 of 3 entries; actual = expected / 4, the batch size")
    assert result.hint == ("b: a mean may stand where a sum belongs, over the batch size",)
    (explanation,) = result.explanations
    assert (explanation.name, explanation.gradient) == ("scale", "b")
    assert explanation.residual < 1e-3
    assert explanation.evidence == ("actual / expected is 0.25 on every entry",)


def test_gradients_with_one_mistake_in_common_are_explained_at_once():
    result = failed(x=np.negative, w=np.negative)
    assert result.headline.endswith("gradients of `x`, `w` are wrong; actual = -expected: the sign is wrong")


def test_gradients_with_different_mistakes_are_explained_one_by_one():
    result = failed(x=np.negative, w=lambda w_bar: 3.0 * w_bar)
    assert [explanation.name for explanation in result.explanations] == ["sign", "scale"]
    assert result.headline.endswith("are wrong; `x`: actual = -expected: the sign is wrong")
    assert [hint.partition(":")[0] for hint in result.hint] == ["x", "w"]


def test_two_mistakes_at_once_are_one_explanation():
    result = failed(w=lambda w_bar: -2.0 * w_bar[::-1])
    assert result.explanations[0].sentence == "actual is expected flipped along axis 0, and is multiplied by -2"


def test_what_nothing_explains_is_said_to_be_so_with_its_numbers():
    noise = np.random.default_rng(0).normal(size=W.shape)
    result = failed(w=lambda w_bar: w_bar + noise)
    (explanation,) = result.explanations
    assert explanation.name == UNEXPLAINED
    assert explanation.residual > 1.0
    assert explanation.evidence[0].startswith("6 of 6 entries are off, by ")
    assert explanation.evidence[-1].startswith("nearest: ")
    assert result.headline.endswith("is wrong in 6 of 6 entries")
    assert result.hint == ()


def test_a_gradient_of_another_shape_is_explained_too():
    result = failed("contract", w=np.transpose)
    assert result.headline.endswith("gradient of `w` has shape (3, 2), `w` has (2, 3); actual is expected transposed")


def test_a_network_with_many_wrong_gradients_is_told_by_the_first():
    names = [f"p{k}" for k in range(MOST_GRADIENTS + 2)]
    point = {name: np.arange(3.0) + k for k, name in enumerate(names)}
    report = gradcheck.check_vjp(
        lambda *p: np.sum(np.square(p), axis=0), lambda y_bar, *p: tuple(y_bar * one for one in p), point
    )
    result = next(result for result in report.results if result.check == "gradient")
    assert len(result.evidence) == len(names)
    assert len(result.explanations) == MOST_GRADIENTS


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_an_explanation_does_not_depend_on_the_scale(scale):
    def vjp(y_bar, x, w):
        return y_bar @ w.T, (x.T @ y_bar) / len(x)

    report = gradcheck.check_vjp(lambda x, w: x @ w, vjp, {"x": scale * X, "w": W})
    result = next(result for result in report.results if result.check == "gradient")
    assert [explanation.name for explanation in result.explanations] == ["scale"]


def test_torchs_own_layer_repeats_in_a_line_what_the_gradient_check_says():
    class Linear:
        def __init__(self):
            self.W, self.b = W.copy(), B.copy()

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = self.x.T @ dout, dout.mean(axis=0)
            return dout @ self.W.T

    report = gradcheck.check_layer(Linear(), X)
    gradient, reference = (
        next(result for result in report.results if result.check == name) for name in ("gradient", "reference")
    )
    assert gradient.repeats == ""
    assert reference.outcome is Outcome.FAILED
    assert reference.repeats == "gradient"
    assert reference.headline == "Linear: gradient of `b` differs from torch's Linear as well; see gradient"
    assert reference.explanations == gradient.explanations


POOLS = """
import numpy as np


class Pool:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0], -1, 4).mean(axis=2)

    def backward(self, dout):
        return np.repeat(dout, 4, axis=1)


class Averaged:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return (1 - self.y ** 2) * dout / len(dout)
"""


@pytest.mark.parametrize(
    ("name", "told", "seen"),
    [
        pytest.param("Pool", "actual = 4 * expected", "with 3 rows more it is 4", id="a window of four"),
        pytest.param(
            "Averaged", "actual = expected / 4, the batch size", "with 3 rows more it is 0.142857143", id="the batch"
        ),
    ],
)
def test_a_factor_is_the_batch_size_only_where_it_goes_with_the_batch(tmp_path, name, told, seen):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "layers.py").write_text(POOLS)
    runner = Runner(tmp_path)
    site = next(site for site in find_layers([tmp_path], root=tmp_path).sites if site.qualname == name)
    (explanation,) = runner.check(runner.build(site), "gradient").explanations
    assert explanation.sentence == told
    assert seen in explanation.evidence
