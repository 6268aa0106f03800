"""Each explanation names the mistake it is about, in its words, and is the first to be told."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util

import numpy as np
import pytest

import gradcheck
from gradcheck import explaining, extensions
from gradcheck.types import Outcome

RNG = np.random.default_rng(7)
X = RNG.normal(size=(4, 5)).round(3)
SQUARE = RNG.normal(size=(5, 5)).round(3)
W = RNG.normal(size=(5, 3)).round(3)
U = RNG.normal(size=(3, 2)).round(3)
BIAS = RNG.normal(size=3).round(3)
KERNEL = RNG.normal(size=3).round(3)
#: What needs forward's graph, which torch records.
BY_TRACE = {"constant_operand", "inner_derivative", "passed_over", "stopped_early"}


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def correlate(x, k):
    return x[:, :-2] * k[0] + x[:, 1:-1] * k[1] + x[:, 2:] * k[2]


def overlapping(y_bar, x, k):
    """The last window written stays."""
    x_bar = np.zeros_like(x)
    for i in range(y_bar.shape[1]):
        x_bar[:, i : i + 3] = y_bar[:, i : i + 1] * k
    return x_bar, np.array([np.sum(y_bar * x[:, i : i + y_bar.shape[1]]) for i in range(3)])


def hidden(x, w, u):
    return np.tanh(x @ w) @ u


def tied(x, w):
    return np.tanh(x @ w) @ w


def dense(x, w):
    return x @ w


def affine(x, b):
    return x + b


#: Explanation -> forward, the wrong backward, the point, the gradient it is about, what is said.
CASES = {
    "scale": (dense, lambda g, x, w: (g @ w.T, x.T @ g / 4), (X, W), "x1", "actual = expected / 4, the batch size"),
    "sign": (dense, lambda g, x, w: (-g @ w.T, x.T @ g), (X, W), "x0", "actual = -expected: the sign is wrong"),
    "never_written": (dense, lambda g, x, w: (0 * x, x.T @ g), (X, W), "x0", "actual is zero"),
    "permuted_axes": (
        dense, lambda g, x, w: (g @ w.T, g.T @ x), (X, SQUARE), "x1", "actual is expected transposed",
    ),
    "reduction": (
        dense, lambda g, x, w: (g @ w.T, np.broadcast_to((x.T @ g).mean(axis=1, keepdims=True), w.shape)), (X, W), "x1",
        "every entry is the mean over axis 1 of what is expected",
    ),
    "copied": (
        lambda x, b, c: (x + b) * c, lambda g, x, b, c: (g * c, (g * (x + b)).sum(0), (g * (x + b)).sum(0)),
        (RNG.normal(size=(4, 3)), BIAS, KERNEL), "x1", "it is the gradient of `x2`",
    ),
    "rewritten": (
        dense, lambda g, x, w: (g @ w.T, np.clip(x.T @ g, -0.7, 0.7)), (X, W), "x1", "it is clipped at 0.7",
    ),
    "region": (
        np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2) * (np.arange(5) != 4), (X,), "x0",
        "zero in the last index of axis 1, right everywhere else (16 of 20 entries)",
    ),
    "missing_term": (
        lambda x: x + np.sin(x), lambda g, x: g * np.cos(x), (X,), "x0",
        "the upstream gradient is missing as a term",
    ),
    "inner_product": (
        softmax, lambda g, x: softmax(x) * (g - (g * softmax(x)).sum(axis=0, keepdims=True)), (X,), "x0",
        "the inner product is summed over axis 0, not axis 1",
    ),
    "quantity": (
        dense, lambda g, x, w: (g @ w.T, (x @ w).T @ g), (X, SQUARE), "x1", "the output stands where `x0` belongs",
    ),
    "upstream": (
        np.sin, lambda g, x: np.sign(g) * np.cos(x), (X,), "x0", "only the sign of the upstream gradient is used",
    ),
    "left_out": (
        affine, lambda g, x, b: (g, g[-1]), (RNG.normal(size=(4, 3)), BIAS), "x1", "only the last sample counts (of 4)",
    ),
    "overwritten": (
        correlate, overlapping, (X, KERNEL), "x0",
        "of the contributions along axis 1 of the output only the last to each entry stays",
    ),
    "local_derivative": (
        lambda x: 1 / (1 + np.exp(-x)), lambda g, x: g * x * (1 - x), (X,), "x0",
        "backward multiplies by x (1 - x); the derivative is y (1 - y)",
    ),
    "mask": (lambda x: np.maximum(x, 0), lambda g, x: g * (x <= 0), (X,), "x0", "the mask is inverted"),
    "diagonal": (
        lambda x: np.cumsum(np.sin(x), axis=1), lambda g, x: g * np.cos(x), (X,), "x0",
        "only the diagonal of the Jacobian is used: each output also depends on its neighbours' inputs",
    ),
    "rounded": (
        lambda x, w: np.sin(x) @ w,
        lambda g, x, w: (np.cos(x) * (g @ w.astype(np.float16).astype(float).T), np.sin(x).T @ g), (X, W), "x0",
        "it is the gradient for `x1` rounded to half precision",
    ),
    "constant_operand": (
        tied,
        lambda g, x, w: (((g @ w.T) * (1 - np.tanh(x @ w) ** 2)) @ w.T, np.tanh(x @ w).T @ g), (X, SQUARE), "x1",
        "the first operand of mm in line ",
    ),
    "passed_over": (
        hidden, lambda g, x, w, u: (g @ u.T @ w.T, x.T @ (g @ u.T), np.tanh(x @ w).T @ g), (X, W, U), "x0",
        "tanh is passed over in line ",
    ),
    "inner_derivative": (
        hidden, lambda g, x, w, u: (((g @ u.T) * (1 - np.tanh(x @ w))) @ w.T, x.T @ ((g @ u.T) * (1 - np.tanh(x @ w))),
                                    np.tanh(x @ w).T @ g), (X, W, U), "x0", "tanh in line ",
    ),
    "stopped_early": (
        lambda x: np.sin(softmax(x)).sum(axis=1), lambda g, x: g[:, None] * np.cos(softmax(x)), (X,), "x0",
        "it is the gradient by what line ",
    ),
}  # fmt: skip


@functools.cache
def examined(name):
    """Every failure's explanations by gradient, of the case of one explanation, and what was claimed on the way."""
    value, vjp, point, _, _ = CASES[name]
    claims = {}

    def noted(hypothesis):
        def predict(dispute):
            for prediction in hypothesis.predict(dispute):
                claims.setdefault(hypothesis.name, []).append(prediction.claim)
                yield prediction

        return dataclasses.replace(hypothesis, predict=predict)

    known = [noted(hypothesis) for hypothesis in explaining.hypotheses()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(explaining, "hypotheses", lambda: known)
        report = gradcheck.check_vjp(value, vjp, tuple(np.array(x) for x in point))
    result = next(one for one in report.results if one.check == "gradient")
    assert result.outcome is Outcome.FAILED
    return {explanation.gradient: explanation for explanation in result.explanations}, claims


@pytest.mark.parametrize("name", CASES)
def test_the_mistake_is_named_first(name):
    if name in BY_TRACE and not importlib.util.find_spec("torch"):
        pytest.skip("torch records the graph")
    found = examined(name)[0][CASES[name][3]]
    assert found.sentence.startswith(CASES[name][4])
    assert found.name == name
    assert found.residual <= 1.0


class Stale:
    """Keeps the weights it was made with for backward."""

    def __init__(self):
        self.W = W.copy()
        self.W_transposed = (W.T * 1.5 + 0.1).copy()

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout):
        dz = dout * (1 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T


class MovesFirst(Stale):
    """Moves the weights before it takes the gradient of the input."""

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout, lr):
        self.W = self.W - lr * self.x.T @ dout
        return dout @ self.W.T


class Turned(Stale):
    """Leaves the transpose out."""

    def __init__(self):
        self.W = SQUARE.copy()

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W


class StaleLinear(Stale):
    """Linear, with its old weights transposed."""

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W_transposed


LAYERS = {
    "stale": (StaleLinear, "it is the gradient for an old `W`, as the layer's attribute wtransposed has it"),
    "updated_first": (MovesFirst, "it is the gradient for `W` of the next step"),
    "turned": (Turned, "it is the gradient for `W` transposed"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_mistake_of_a_layer_with_a_state_is_named_first(name):
    layer, told = LAYERS[name]
    result = next(one for one in gradcheck.check_layer(layer(), X).results if one.check == "gradient")
    found = next(explanation for explanation in result.explanations if explanation.gradient == "x")
    assert (found.name, found.sentence) == (name, told)


def test_every_explanation_has_its_case():
    assert {*CASES, *LAYERS} == set(extensions.names("gradcheck.diagnosis"))


@pytest.mark.parametrize("name", CASES)
def test_no_prediction_claims_less_than_its_explanation_says(name):
    least = {hypothesis.name: hypothesis.least for hypothesis in explaining.hypotheses()}
    claims = examined(name)[1]
    assert name in claims
    assert [one for one, claimed in claims.items() if min(claimed) < least[one]] == []
