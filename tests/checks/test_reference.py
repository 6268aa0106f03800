"""Small layers, right, wrong and otherwise, against torch's own."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from gradcheck import check_layer
from gradcheck.types import Outcome

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch"),
    pytest.mark.usefixtures("few_configurations"),
]
RNG = np.random.default_rng(7)
X = RNG.normal(size=(4, 6))


def checked(layer, *inputs, **named):
    """The result of the reference check on a layer."""
    return next(r for r in check_layer(layer, *inputs, **named).results if r.check == "reference")


class Linear:
    """Rows of samples, weights (in, out); the options are what may be wrong with it."""

    def __init__(self, *, rows=True, turned=True, bias=(5,), wrong=""):
        self.W = np.random.default_rng(0).normal(size=(6, 5) if turned else (5, 6))
        self.b = np.random.default_rng(1).normal(size=bias)
        self.rows, self.turned, self.wrong = rows, turned, wrong

    def forward(self, x):
        self.x = x
        matrix = self.W if self.turned else self.W.T
        return x @ matrix + self.b.reshape(-1) if self.rows else matrix.T @ x + self.b.reshape(-1, 1)

    def backward(self, dout):
        x, g = (self.x, dout) if self.rows else (self.x.T, dout.T)
        dW = x.T @ g
        if self.wrong == "one entry":
            dW[2, 3] *= 1.0 + 1e-7
        self.dW = dW if self.turned else dW.T
        self.db = g.sum(axis=0).reshape(self.b.shape)
        dx = g @ (self.W.T if self.turned else self.W)
        return dx if self.rows else dx.T


@pytest.mark.parametrize("turned", [True, False])
@pytest.mark.parametrize(("rows", "bias"), [(True, (5,)), (True, (1, 5)), (False, (5, 1)), (False, (5,))])
def test_a_linear_layer_passes_in_every_layout(rows, turned, bias):
    result = checked(Linear(rows=rows, turned=turned, bias=bias), X if rows else X.T.copy())
    assert (result.outcome, len(result.quantities)) == (Outcome.PASSED, 3)
    assert result.headline == "Linear: 3 gradients agree with torch's Linear"


def test_one_entry_that_is_off_by_a_ten_millionth_is_named():
    result = checked(Linear(wrong="one entry"), X)
    assert result.outcome is Outcome.FAILED
    assert [m.where for m in result.mismatches] == ["W[2, 3]"]


class LayerNorm:
    def __init__(self, *, ddof=0, eps=1e-5, hard_eps=None, outside=False, wrong=False, axis=-1, centred=True):
        self.gamma, self.beta = np.ones(6), np.zeros(6)
        self.eps, self.ddof, self.outside, self.wrong, self.over = eps, ddof, outside, wrong, axis
        self.hidden, self.centred = (hard_eps,), centred

    def forward(self, x):
        eps = self.hidden[0] if self.hidden[0] is not None else self.eps
        mean = x.mean(axis=self.over, keepdims=True) if self.centred else 0.0
        n = x.shape[self.over]
        var = ((x - mean) ** 2).sum(axis=self.over, keepdims=True) / (n - self.ddof)
        self.std = np.sqrt(var) + eps if self.outside else np.sqrt(var + eps)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.x_hat).sum(axis=0), dout.sum(axis=0)
        g = dout * (1.0 if self.wrong else self.gamma)
        dx = (
            g - g.mean(axis=-1, keepdims=True) - self.x_hat * (g * self.x_hat).mean(axis=-1, keepdims=True)
        ) / self.std
        return dx * self.gamma if self.wrong else dx


def test_a_layer_norm_passes():
    result = checked(LayerNorm(), X)
    assert result.outcome is Outcome.PASSED
    assert result.table == ("forward is torch's LayerNorm",)


def test_a_wrong_gradient_fails_at_the_gradient_that_is_wrong():
    result = checked(LayerNorm(wrong=True), X)
    assert result.outcome is Outcome.FAILED
    assert {q.name for q in result.quantities if q.outcome is Outcome.FAILED} == {"x"}
    assert result.headline == "LayerNorm: gradient of `x` differs from torch's LayerNorm as well; see gradient"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"ddof": 1}, "it divides the variance by N - 1"),
        ({"outside": True, "eps": 1e-3}, "it adds eps 0.001 to the root instead of within it"),
        ({"hard_eps": 1e-3}, "it adds 0.001 where its setting says 1e-05"),
        ({"centred": False}, "it does not subtract the mean"),
    ],
)
def test_a_forward_that_differs_is_told_how(options, told):
    result = checked(LayerNorm(**options), X)
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.headline == f"LayerNorm differs from torch's LayerNorm: {told}"


class Softmax:
    def __init__(self, *, axis=-1, factor=1.0):
        self.axis, self.c = -1, (axis, factor)

    def forward(self, x):
        e = np.exp(x - x.max(axis=self.c[0], keepdims=True))
        self.p = e / e.sum(axis=self.c[0], keepdims=True)
        return self.c[1] * self.p

    def backward(self, dout):
        dout = self.c[1] * dout
        return self.p * (dout - (dout * self.p).sum(axis=self.c[0], keepdims=True))


@pytest.mark.parametrize(
    ("layer", "told"),
    [
        (Softmax(axis=0), "it goes along axis 0 where its setting says 1"),
        (Softmax(factor=0.25), "it is 1/4 of it, 4 being a size of `x`"),
        (Softmax(factor=3.0), "it is 3 times it"),
    ],
)
def test_an_axis_or_a_factor_is_told(layer, told):
    assert checked(layer, X).headline == f"Softmax differs from torch's Softmax: {told}"


def test_a_softmax_passes():
    assert checked(Softmax(), X).outcome is Outcome.PASSED


class GELU:
    def __init__(self, kind):
        self.kind = kind

    def forward(self, x):
        self.x = x
        if self.kind == "tanh":
            self.t = np.tanh(np.sqrt(2.0 / np.pi) * (x + 0.044715 * x**3))
            return 0.5 * x * (1.0 + self.t)
        self.t = 1.0 / (1.0 + np.exp(-1.702 * x))
        return x * self.t

    def backward(self, dout):
        if self.kind == "tanh":
            inner = np.sqrt(2.0 / np.pi) * (1.0 + 3 * 0.044715 * self.x**2)
            return dout * (0.5 * (1.0 + self.t) + 0.5 * self.x * (1.0 - self.t**2) * inner)
        return dout * (self.t + 1.702 * self.x * self.t * (1.0 - self.t))


def test_the_tanh_form_is_named_and_passes():
    result = checked(GELU("tanh"), X)
    assert result.outcome is Outcome.PASSED
    assert result.table == ("forward is torch's GELU, the tanh form",)


def test_an_approximation_that_torch_has_not_is_told():
    told = checked(GELU("sigmoid"), X).headline
    assert told == "GELU differs from torch's GELU: it is x sigmoid(1.702 x), an approximation of its own"


class Sigmoid:
    def forward(self, x):
        self.x = x
        return x**3

    def backward(self, dout):
        return 3.0 * self.x**2 * dout


def test_another_function_of_the_name_is_told_so():
    result = checked(Sigmoid(), X)
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.headline == "Sigmoid differs from torch's Sigmoid: it is another function"


class Cubed(Sigmoid):
    pass


def test_a_layer_that_torch_has_not_is_not_applicable():
    result = checked(Cubed(), X)
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.headline == "Cubed is none of torch's layers that gradcheck knows"


class Gate(Sigmoid):
    def forward(self, x):
        self.s = 1.0 / (1.0 + np.exp(-x))
        return self.s

    def backward(self, dout):
        return dout * self.s * (1.0 - self.s)


def test_a_layer_of_another_name_is_recognised_by_what_it_does():
    result = checked(Gate(), X)
    assert result.headline == "Gate: 1 gradient agrees with torch's Sigmoid"


class Conv2d:
    def __init__(self, *, last=False, stride=2, overwrite=False):
        self.W = np.random.default_rng(0).normal(size=(3, 2, 2, 4))  # (height, width, in, out)
        self.b = np.random.default_rng(1).normal(size=4)
        self.stride, self.last, self.overwrite = stride, last, overwrite

    def _places(self, x):
        s = self.stride
        for i in range((x.shape[1] - 3) // s + 1):
            for j in range((x.shape[2] - 2) // s + 1):
                yield i, j, (slice(None), slice(i * s, i * s + 3), slice(j * s, j * s + 2))

    def forward(self, x):
        self.x = x if self.last else x.transpose(0, 2, 3, 1)
        answer = {(i, j): np.tensordot(self.x[w], self.W, 3) + self.b for i, j, w in self._places(self.x)}
        rows, columns = max(answer)
        y = np.stack([np.stack([answer[i, j] for j in range(columns + 1)], 1) for i in range(rows + 1)], 1)
        return y if self.last else y.transpose(0, 3, 1, 2)

    def backward(self, dout):
        g = dout if self.last else dout.transpose(0, 2, 3, 1)
        dx, self.dW = np.zeros_like(self.x), np.zeros_like(self.W)
        self.db = g.sum(axis=(0, 1, 2))
        for i, j, w in self._places(self.x):
            self.dW += np.tensordot(self.x[w], g[:, i, j], ((0,), (0,)))
            part = np.tensordot(g[:, i, j], self.W, ((1,), (3,)))
            dx[w] = part if self.overwrite else dx[w] + part
        return dx if self.last else dx.transpose(0, 3, 1, 2)


@pytest.mark.parametrize("last", [True, False])
def test_a_convolution_passes_with_channels_first_and_last(last):
    x = RNG.normal(size=(2, 7, 5, 2) if last else (2, 2, 7, 5))
    result = checked(Conv2d(last=last), x)
    assert (result.outcome, len(result.quantities)) == (Outcome.PASSED, 3)
    layout = "channels last, " if last else ""
    assert result.table == (f"forward is torch's Conv2d, {layout}weights HWIO",)


def test_channels_last_is_found_where_channels_first_would_fit_many_windows():
    layer = Conv2d(last=True, stride=1)
    layer.W, layer.b = np.random.default_rng(2).normal(size=(3, 2, 6, 2)), np.zeros(2)
    result = checked(layer, RNG.normal(size=(4, 3, 6, 6)))
    assert result.table == ("forward is torch's Conv2d, channels last, weights HWIO",)


def test_a_single_filter_with_channels_last_passes():
    layer = Conv2d(last=True, stride=1)
    layer.W, layer.b = np.random.default_rng(2).normal(size=(3, 2, 2, 1)), np.zeros(1)
    assert checked(layer, RNG.normal(size=(2, 7, 5, 2))).outcome is Outcome.PASSED


def test_a_convolution_that_overwrites_where_windows_overlap_fails():
    result = checked(Conv2d(stride=1, overwrite=True), RNG.normal(size=(2, 2, 7, 5)))
    assert result.outcome is Outcome.FAILED
    assert [q.name for q in result.quantities if q.outcome is Outcome.FAILED] == ["x"]


class CrossEntropyLoss:
    def __init__(self, *, divisor=1.0, half=1.0):
        self.divisor, self.half = divisor, half

    def forward(self, logits, target):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.p, self.t = e / e.sum(axis=1, keepdims=True), target
        rows = np.arange(len(target))
        return -self.half * np.log(self.p[rows, target]).mean()

    def backward(self):
        d = self.p.copy()
        d[np.arange(len(self.t)), self.t] -= 1.0
        return self.half * d / len(self.t) / self.divisor


TARGET = np.array([0, 5, 2, 2])


def test_a_loss_passes_and_says_how_it_reduces():
    result = checked(CrossEntropyLoss(), X, TARGET)
    assert result.outcome is Outcome.PASSED
    assert result.table == ("forward is torch's CrossEntropyLoss, mean",)


def test_a_loss_that_divides_once_more_in_backward_fails():
    assert checked(CrossEntropyLoss(divisor=4.0), X, TARGET).outcome is Outcome.FAILED


def test_half_a_loss_is_told():
    told = checked(CrossEntropyLoss(half=0.5), X, TARGET).headline
    assert told == "CrossEntropyLoss differs from torch's CrossEntropyLoss: it is 0.5 times it"


class Dropout:
    def __init__(self, *, scaled=True, again=False):
        self.p, self.scaled, self.again = 0.5, scaled, again

    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / ((1.0 - self.p) if self.scaled else 1.0)  # noqa: NPY002
        return x * self.mask

    def backward(self, dout):
        return dout * (self.mask if not self.again else 1.0 * (self.mask > 0.0))


def test_dropout_is_compared_under_its_own_mask():
    assert checked(Dropout(), X).outcome is Outcome.PASSED
    assert checked(Dropout(again=True), X).outcome is Outcome.FAILED
    told = checked(Dropout(scaled=False), X).headline
    assert told == "Dropout differs from torch's Dropout: it leaves out the factor 1/(1 - p)"


def test_without_torch_it_says_what_installing_it_would_add(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "torch" else found(name, *a))
    result = checked(LayerNorm(), X)
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.headline == "torch is not installed; with the extra `torch` layers are compared with torch's own"
