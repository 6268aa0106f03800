from __future__ import annotations

import copy
import doctest
import random
import sys
import threading
import warnings

import numpy as np
import pytest

from gradcheck import interface
from gradcheck.errors import GradientMismatchError, UsageError
from gradcheck.interface import check_layer, check_vjp
from gradcheck.types import Outcome, Profile

# ruff: noqa: NPY002, S311 - layers written the way people write them

PASSED, FAILED, INCONCLUSIVE = Outcome.PASSED, Outcome.FAILED, Outcome.INCONCLUSIVE
NOT_APPLICABLE = Outcome.NOT_APPLICABLE

#: What a module of a user's may hold; nothing of it may be moved by a check.
GENERATOR = np.random.default_rng(11)
CALLS = [0]


def gaussian(seed, *shape):
    return np.random.default_rng([seed, 9]).standard_normal(shape)


X = gaussian(0, 4, 8)


class Linear:
    """y = x W + b; factors make its gradients wrong."""

    def __init__(self, features=(8, 5), dtype=np.float64, **factors):
        self.W = (0.3 * gaussian(1, *features)).astype(dtype)
        self.b = np.zeros(features[1], dtype=dtype)
        self.factors = {"x": 1.0, "W": 1.0, "b": 1.0, **factors}

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def factor(self, name):
        return 1.0 / len(self.x) if self.factors[name] == "1/N" else self.factors[name]

    def backward(self, dout):
        self.dW = self.factor("W") * (self.x.T @ dout)
        self.db = self.factor("b") * np.sum(dout, axis=0)
        return self.factor("x") * (dout @ self.W.T)


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0.0)

    def backward(self, dout):
        return dout * (self.x > 0.0)


class Sigmoid:
    def forward(self, x):
        self.y = 1.0 / (1.0 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1.0 - self.y)


class Softmax:
    def forward(self, x):
        grown = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = grown / np.sum(grown, axis=1, keepdims=True)
        return self.y

    def backward(self, dout):
        return self.y * (dout - np.sum(self.y * dout, axis=1, keepdims=True))


class LayerNorm:
    """`inside` decides whether gamma is multiplied inside the means, as it must be."""

    def __init__(self, features=8, *, inside=True):
        self.gamma, self.beta, self.inside = np.ones(features), np.zeros(features), inside

    def forward(self, x):
        centred = x - np.mean(x, axis=1, keepdims=True)
        self.rate = 1.0 / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
        self.hat = centred * self.rate
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = np.sum(dout * self.hat, axis=0), np.sum(dout, axis=0)
        dhat = dout * self.gamma if self.inside else dout
        mean = np.mean(dhat, axis=1, keepdims=True)
        dx = self.rate * (dhat - mean - self.hat * np.mean(dhat * self.hat, axis=1, keepdims=True))
        return dx if self.inside else self.gamma * dx


class Dropout:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1.0 - self.p)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class DropoutOfModule(Dropout):
    def forward(self, x):
        self.mask = (GENERATOR.random(x.shape) > self.p) / (1.0 - self.p)
        return x * self.mask


class DropoutOfFactory(Dropout):
    def forward(self, x):
        self.mask = (np.random.default_rng().random(x.shape) > self.p) / (1.0 - self.p)
        return x * self.mask


class DropoutOfPython(Dropout):
    def forward(self, x):
        self.mask = np.array([random.random() > self.p for _ in range(x.size)]).reshape(x.shape) * 2.0
        return x * self.mask


class Attention:
    """One head; the bias of the keys moves every score of a row alike, so its gradient is zero."""

    def __init__(self, d=6):
        self.Wq, self.Wk, self.Wv = (gaussian(seed, d, d) / np.sqrt(d) for seed in (2, 3, 4))
        self.bk = np.zeros(d)

    def forward(self, x):
        self.x, self.q, self.k, self.v = x, x @ self.Wq, x @ self.Wk + self.bk, x @ self.Wv
        scores = self.q @ self.k.T
        grown = np.exp(scores - np.max(scores, axis=1, keepdims=True))
        self.p = grown / np.sum(grown, axis=1, keepdims=True)
        return self.p @ self.v

    def backward(self, dout):
        dp, dv = dout @ self.v.T, self.p.T @ dout
        ds = self.p * (dp - np.sum(dp * self.p, axis=1, keepdims=True))
        dq, dk = ds @ self.k, ds.T @ self.q
        self.dWq, self.dWk, self.dWv, self.dbk = self.x.T @ dq, self.x.T @ dk, self.x.T @ dv, np.sum(dk, axis=0)
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T


class MeanSquares:
    """The loss with a half and its gradient, or without (`factor` 2)."""

    def __init__(self, factor=1.0):
        self.factor = factor

    def forward(self, y_pred, y_true):
        self.difference = y_pred - y_true
        return 0.5 * np.mean(self.difference**2)

    def backward(self):
        return self.factor * self.difference / self.difference.size


class PerSample:
    """A loss that answers once per sample; its gradient is that of the sum or of the mean."""

    def __init__(self, reduction, factor=1.0):
        self.reduction, self.factor = reduction, factor

    def forward(self, y_pred, y_true):
        self.difference = y_pred - y_true
        return np.sum(self.difference**2, axis=1)

    def backward(self):
        weight = 1.0 if self.reduction == "sum" else 1.0 / len(self.difference)
        return self.factor * weight * 2.0 * self.difference


class ForcingFloat32(Linear):
    """Whatever comes in, float32 is computed."""

    def forward(self, x):
        self.x = x.astype(np.float32)
        return self.x @ self.W.astype(np.float32) + self.b.astype(np.float32)


class Updating(Linear):
    def backward(self, dout, lr=0.1):
        dx = super().backward(dout)
        self.W -= lr * self.dW
        self.b -= lr * self.db
        return dx


RIGHT = {
    "Linear": (Linear(), X),
    "Linear in float32": (Linear(dtype=np.float32), X),
    "Linear that forces float32": (ForcingFloat32(), X),
    "Linear that updates its weights": (Updating(), X),
    "ReLU": (ReLU(), X),
    "Sigmoid": (Sigmoid(), X),
    "Softmax": (Softmax(), X),
    "LayerNorm": (LayerNorm(), X),
    "Dropout": (Dropout(), X),
    "Dropout of the module's generator": (DropoutOfModule(), X),
    "Dropout of a generator made anew": (DropoutOfFactory(), X),
    "Dropout of Python's generator": (DropoutOfPython(), X),
    "Attention": (Attention(), gaussian(5, 4, 6)),
    "mean of squares": (MeanSquares(), X, gaussian(6, 4, 8)),
    "squares per sample, sum": (PerSample("sum"), X, gaussian(6, 4, 8)),
    "squares per sample, mean": (PerSample("mean"), X, gaussian(6, 4, 8)),
}


SCALES = [1e-6, 1e-3, 1e3, 1e6]


def outcomes(report):
    return {result.check: result.outcome for result in report.results}


def gradient_of(report):
    return next(result for result in report.results if result.check == "gradient")


def story(report):
    """Everything a person is told."""
    told = []
    for result in report.results:
        told += [result.headline, *result.notes, *result.warnings, *result.table, *result.hint]
    return "\n".join(told)


def test_the_doctests_are_true():
    assert doctest.testmod(interface) == doctest.TestResults(failed=0, attempted=18)


# Right layers pass, at every profile, seed and scale.


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_layer_passes(name, profile):
    layer, *inputs = RIGHT[name]
    report = check_layer(layer, *inputs, profile=profile)
    assert FAILED not in outcomes(report).values()
    assert outcomes(report)["contract"] is outcomes(report)["gradient"] is PASSED
    assert report.ok
    report.raise_if_failed()


# Every layer at every scale, and every scale at every seed: the seeds go round.
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", RIGHT)
def test_no_scale_of_the_input_and_no_seed_makes_a_right_layer_fail(name, scale):
    layer, x, *target = RIGHT[name]
    seed = (list(RIGHT).index(name) + SCALES.index(scale)) % 3
    report = check_layer(layer, scale * x, *target, seed=seed)
    assert FAILED not in outcomes(report).values(), story(report)


def test_every_gradient_of_a_layer_is_compared():
    result = gradient_of(check_layer(Attention(), gaussian(5, 4, 6)))
    assert {q.name: q.outcome for q in result.quantities} == dict.fromkeys(("x", "Wq", "Wk", "Wv", "bk"), PASSED)


def test_the_key_bias_whose_gradient_is_zero_passes_and_fails_once_it_is_not():
    class Wrong(Attention):
        def backward(self, dout):
            dx = super().backward(dout)
            self.dbk = self.dbk + 1e-3
            return dx

    result = gradient_of(check_layer(Wrong(), gaussian(5, 4, 6)))
    assert {q.name for q in result.quantities if q.outcome is FAILED} == {"bk"}


# Wrong layers fail, where they are wrong.


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("wrong", ["x", "W", "b"])
@pytest.mark.parametrize("factor", [-1.0, 0.0, 0.5, 1.01])
def test_a_wrong_gradient_fails_and_is_named(wrong, factor, dtype):
    report = check_layer(Linear(dtype=dtype, **{wrong: factor}), X)
    failed = [q.name for q in gradient_of(report).quantities if q.outcome is FAILED]
    assert failed == [wrong]
    assert not report.ok
    with pytest.raises(GradientMismatchError, match=f"gradient of `{wrong}` is wrong") as raised:
        report.raise_if_failed()
    assert raised.value.report is report


@pytest.mark.parametrize("wrong", ["x", "W", "b"])
def test_a_float32_forcing_layer_that_is_ten_percent_off_fails(wrong):
    assert gradient_of(check_layer(ForcingFloat32(**{wrong: 1.1}), X)).outcome is FAILED


def test_a_layer_norm_that_is_right_only_while_gamma_is_one_fails():
    report = check_layer(LayerNorm(inside=False), X)
    assert [q.name for q in gradient_of(report).quantities if q.outcome is FAILED] == ["x"]


def test_a_loss_whose_gradient_forgot_the_half_fails():
    result = gradient_of(check_layer(MeanSquares(factor=2.0), X, gaussian(6, 4, 8)))
    assert result.outcome is FAILED
    assert "actual = 2 * expected" in result.headline


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_a_loss_per_sample_tells_which_reduction_its_gradient_is_of(reduction):
    result = gradient_of(check_layer(PerSample(reduction), X, gaussian(6, 4, 8)))
    assert f"its gradient is that of the {reduction}" in " ".join(result.notes)


@pytest.mark.parametrize("reduction", ["sum", "mean"])
@pytest.mark.parametrize("factor", [-1.0, 0.5, 2.0])
def test_a_loss_per_sample_that_is_neither_sum_nor_mean_fails(reduction, factor):
    assert gradient_of(check_layer(PerSample(reduction, factor), X, gaussian(6, 4, 8))).outcome is FAILED


def test_a_wrong_entry_is_named():
    class Wrong(Linear):
        def backward(self, dout):
            dx = super().backward(dout)
            self.dW[3, 1] += 0.5
            return dx

    result = gradient_of(check_layer(Wrong(), X))
    assert [m.where for m in result.mismatches] == ["W[3, 1]"]
    assert result.headline.endswith("Wrong: gradient of `W` is wrong in 1 of 40 entries")


def test_a_headline_names_the_class_and_not_where_it_was_written():
    class Local(Linear):
        """A class of a function."""

    assert gradient_of(check_layer(Local(), X)).headline == "Local: 3 gradients agree with the oracle"


def test_one_wrong_entry_among_ten_thousand_is_named():
    class Wrong(Linear):
        def backward(self, dout):
            dx = super().backward(dout)
            self.dW[71, 13] *= 1.5
            return dx

    result = gradient_of(check_layer(Wrong(features=(100, 100)), gaussian(0, 4, 100)))
    assert [m.where for m in result.mismatches] == ["W[71, 13]"]


# The same division by the batch size on every parameter.


@pytest.mark.parametrize(
    ("declared", "outcome"), [("", INCONCLUSIVE), ("mean", PASSED), ("sum", FAILED)], ids=["default", "mean", "sum"]
)
def test_parameter_gradients_divided_by_the_batch_are_inconclusive_until_declared(declared, outcome):
    report = check_layer(Linear(W="1/N", b="1/N"), X, parameter_gradients=declared)
    assert gradient_of(report).outcome is outcome


@pytest.mark.parametrize("declared", ["", "mean", "sum"])
@pytest.mark.parametrize(
    "factors", [{"W": "1/N"}, {"b": "1/N"}, {"x": "1/N", "W": "1/N", "b": "1/N"}, {"x": "1/N"}], ids=str
)
def test_a_division_of_anything_else_fails(factors, declared):
    assert gradient_of(check_layer(Linear(**factors), X, parameter_gradients=declared)).outcome is FAILED


# What decides nothing.


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
@pytest.mark.parametrize(
    ("layer", "x"), [(ReLU(), np.zeros((4, 8))), (ReLU(), -1.0 - np.abs(X))], ids=["all on a kink", "all zero"]
)
def test_where_nothing_can_be_compared_nothing_passes(layer, x, profile):
    report = check_layer(layer, x, profile=profile)
    assert gradient_of(report).outcome is INCONCLUSIVE
    assert FAILED not in outcomes(report).values()


def test_a_backward_that_forgets_to_return_the_inputs_gradient_is_not_passed_over():
    class Forgetful(Linear):
        def backward(self, dout):
            super().backward(dout)

    report = check_layer(Forgetful(), X)
    assert not report.ok or "`x`" in story(report)


def test_a_parameter_whose_gradient_is_nowhere_is_told():
    class Forgetful(Linear):
        def backward(self, dout):
            self.db = np.sum(dout, axis=0)
            return dout @ self.W.T

    report = check_layer(Forgetful(), X)
    assert not report.ok or "`W`" in story(report)


# Determinism.


class Counting(Linear):
    """Module state decides."""

    def forward(self, x):
        CALLS[0] += 1
        return super().forward(x) * (1.0 + 0.1 * CALLS[0])


def test_a_layer_whose_answer_depends_on_a_module_level_counter_is_not_deterministic():
    report = check_layer(Counting(), X)
    assert outcomes(report)["determinism"] is FAILED
    assert outcomes(report)["gradient"] is INCONCLUSIVE


def test_a_layer_whose_backward_adds_to_a_module_level_array_is_not_deterministic():
    total = np.zeros((8, 5))

    class Adding(Linear):
        def backward(self, dout):
            dx = super().backward(dout)
            total[...] += self.dW
            self.dW = total.copy()
            return dx

    assert outcomes(check_layer(Adding(), X))["determinism"] is FAILED


@pytest.mark.parametrize("name", [name for name in RIGHT if name.startswith("Dropout")])
def test_a_layer_that_draws_random_numbers_is_deterministic(name):
    assert outcomes(check_layer(*RIGHT[name]))["determinism"] is PASSED


# Nothing of the user's is changed.


class Raising(Linear):
    def backward(self, dout):
        random.random()
        np.random.rand()
        GENERATOR.random()
        self.W += 1.0
        raise RuntimeError("no gradient today")


class RaisingForward(Linear):
    def forward(self, x):
        np.random.rand()
        x += 1.0
        raise RuntimeError("no output today")


class Writing(Linear):
    """Writes into everything it is given."""

    def forward(self, x):
        y = super().forward(x.copy())
        x += 1.0
        return y

    def backward(self, dout):
        dx = super().backward(dout.copy())
        dout *= 0.0
        self.b += 1.0
        return dx


def world():
    return (
        random.getstate(),
        [part.tolist() if isinstance(part, np.ndarray) else part for part in np.random.get_state()],
        copy.deepcopy(GENERATOR.bit_generator.state),
        np.random.default_rng,
        np.geterr(),
        np.get_printoptions(),
        list(warnings.filters),
        sys.stdout,
    )


def plain(value):
    """A picture of an object that compares by value, arrays by their bytes."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


UNTOUCHED = {
    **RIGHT,
    "raises in backward": (Raising(), X),
    "raises in forward": (RaisingForward(), X),
    "writes": (Writing(), X),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_a_check_leaves_the_layer_the_inputs_and_the_process_as_they_were(name, capsys):
    layer, *inputs = UNTOUCHED[name]
    attributes, arrays = dict(vars(layer)), [np.array(value) for value in inputs]
    before, kept = world(), plain(vars(layer))
    try:
        check_layer(layer, *inputs)
    except UsageError:
        assert name == "raises in forward"
    assert world() == before
    assert plain(vars(layer)) == kept
    assert all(vars(layer)[key] is value for key, value in attributes.items())
    assert all(np.array_equal(value, array) for value, array in zip(inputs, arrays, strict=True))
    assert capsys.readouterr() == ("", "")


def test_lists_and_dictionaries_handed_over_are_not_changed():
    class Stateful(Linear):
        def forward(self, x, state):
            state["calls"] = state["calls"] + [1]
            return super().forward(x)

    state = {"calls": []}
    check_layer(Stateful(), X, state)
    assert state == {"calls": []}


def test_reading_the_inputs_only_needs_no_writeable_arrays():
    x = X.copy()
    x.flags.writeable = False
    assert check_layer(Linear(), x).ok


@pytest.mark.parametrize(
    "x", [np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], X[::-1], X.astype(np.float32), X.tolist()],
    ids=["columns", "strided", "reversed", "float32", "list"],
)  # fmt: skip
def test_inputs_of_any_layout_are_taken(x):
    assert check_layer(Linear(), x).ok


def test_the_same_call_gives_the_same_report():
    one, two = (gradient_of(check_layer(Linear(W=1.01), X)) for _ in range(2))
    assert one == two


def test_another_seed_asks_along_other_directions():
    reports = [gradient_of(check_layer(Linear(), X, seed=seed)) for seed in (0, 1)]
    assert reports[0].seed != reports[1].seed
    assert reports[0].quantities != reports[1].quantities


@pytest.mark.parametrize("order", [("y_pred", "y_true"), ("y_true", "y_pred")], ids=["in order", "in another order"])
def test_inputs_may_be_named(order):
    given = {"y_pred": X, "y_true": gaussian(6, 4, 8)}
    assert check_layer(MeanSquares(), **{name: given[name] for name in order}).ok


def test_some_inputs_may_be_named():
    assert check_layer(MeanSquares(), X, y_true=gaussian(6, 4, 8)).ok


def test_a_report_tells_how_it_was_made():
    result = gradient_of(check_layer(Linear(), X))
    assert result.layer.endswith("::Linear")
    assert (result.construction, result.inputs) == ("Linear(...)", "x (4, 8)")


# Wrong calls.


class NoBackward:
    def forward(self, x):
        return x


class Locked(Linear):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: check_layer(NoBackward(), X), "NoBackward has no forward and backward"),
        (lambda: check_layer(None, X), "NoneType has no forward and backward"),
        (lambda: check_layer(Linear, X), "Linear"),
        (lambda: check_layer(Linear()), "got no input"),
        (lambda: check_layer(Linear(), X, X, X), r"forward\(x\) takes 1 inputs, 3 were given"),
        (lambda: check_layer(Linear(), np.arange(8)), "needs an input that is a floating-point array"),
        (lambda: check_layer(Linear(), gaussian(0, 4, 7)), r"does not run on \(4, 7\)"),
        (lambda: check_layer(Linear(), X, mask=X), "mask"),
        (lambda: check_layer(RaisingForward(), X), "no output today"),
        (lambda: check_layer(Locked(), X), "lock"),
        (lambda: check_layer(Linear(), X, profile="slow"), "profile.*fast.*default.*thorough"),
        (lambda: check_layer(Linear(), X, parameter_gradients="average"), "parameter_gradients.*sum.*mean"),
        (lambda: check_vjp(np.sin, np.cos, ()), "primals must hold at least one array, got none"),
        (lambda: check_vjp(np.sin, np.cos, (1.0,)), "primal x0 must be a floating-point array, got x0=1.0"),
        (lambda: check_vjp(np.sin, np.cos, {"x": np.arange(2000)}), "primal x must be a floating-point array"),
        (lambda: check_vjp(np.sin, lambda g, x: g, (X,), profile="slow"), "profile.*fast.*default.*thorough"),
    ],
    ids=[
        "no backward",
        "None",
        "a class for an instance",
        "no inputs",
        "too many inputs",
        "integers",
        "a shape that does not fit",
        "an unknown name",
        "forward raises",
        "a layer that cannot be copied",
        "unknown profile",
        "unknown convention",
        "no primals",
        "a number",
        "many integers",
        "unknown profile of a function",
    ],
)
def test_a_wrong_call_is_told_in_one_line_that_names_what_is_wrong(call, told):
    with pytest.raises(UsageError, match=told) as refusal:
        call()
    message = str(refusal.value)
    assert "\n" not in message
    assert message == message.rstrip(": ")
    assert len(message) < 400


def test_a_backward_that_raises_is_a_finding_and_no_crash():
    report = check_layer(Raising(), X)
    assert outcomes(report)["contract"] is FAILED
    assert "RuntimeError" in story(report)
    assert "no gradient today" in story(report)


# A function and its vector-Jacobian product.


def dense(x, w):
    return np.tanh(x @ w)


def dense_vjp(y_bar, x, w):
    back = y_bar * (1.0 - np.tanh(x @ w) ** 2)
    return back @ w.T, x.T @ back


W = gaussian(1, 8, 5)


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
def test_a_right_vjp_passes(profile):
    report = check_vjp(dense, dense_vjp, (X, W), profile=profile)
    found = outcomes(report)
    assert found.pop("reference") is NOT_APPLICABLE  # torch has no layer of the kind
    assert set(found.values()) == {PASSED}
    assert [q.name for q in gradient_of(report).quantities] == ["x0", "x1"]


def test_primals_may_be_named_and_gradients_returned_by_name():
    def vjp(y_bar, x, w):
        return dict(zip(("x", "w"), dense_vjp(y_bar, x, w), strict=True))

    report = check_vjp(dense, vjp, {"x": X, "w": W})
    assert [q.name for q in gradient_of(report).quantities] == ["x", "w"]
    assert report.ok


@pytest.mark.parametrize(
    ("vjp", "check"),
    [
        (lambda g, x, w: (dense_vjp(g, x, w)[0], 1.001 * dense_vjp(g, x, w)[1]), "gradient"),
        (lambda g, x, w: dense_vjp(np.abs(g), x, w), "linearity"),
        (lambda g, x, w: (dense_vjp(g, x, w)[0], dense_vjp(g, x, w)[1].T), "contract"),
        (lambda g, x, w: dense_vjp(g, x, w)[0], "contract"),
        (lambda g, x, w: (dense_vjp(g, x, w)[0], None), "contract"),
        (lambda g, x, w: (np.nan * x, dense_vjp(g, x, w)[1]), "contract"),
        (lambda g, x, w: (dense_vjp(g, x, w)[0].astype(np.float32), dense_vjp(g, x, w)[1]), "contract"),
    ],
    ids=["off by 1/1000", "not linear", "transposed", "one of two", "None", "nan", "narrow"],
)
def test_a_wrong_vjp_fails_its_check(vjp, check):
    report = check_vjp(dense, vjp, (X, W))
    assert outcomes(report)[check] is FAILED
    assert not report.ok


def test_a_vjp_that_writes_into_what_it_is_given_is_warned_of():
    def vjp(y_bar, x):
        answer = y_bar * np.cos(x)
        y_bar *= 0.0
        x += 1.0
        return answer

    x = X.copy()
    report = check_vjp(np.sin, vjp, (x,))
    assert np.array_equal(x, X)
    result = next(r for r in report.results if r.check == "determinism")
    assert len(result.warnings) == 2


@pytest.mark.parametrize(
    "x",
    [np.array(0.7), np.array([0.7]), gaussian(0, 2, 3, 4), np.zeros((3, 0)), gaussian(0, 3).astype(np.float32)],
    ids=["no axes", "one entry", "three axes", "empty", "float32"],
)
def test_primals_of_any_shape_are_taken(x):
    report = check_vjp(np.sin, lambda y_bar, x: y_bar * np.cos(x), (x,))
    assert FAILED not in outcomes(report).values()
    assert report.ok or x.size == 0


@pytest.mark.parametrize(
    ("value", "vjp", "x"),
    [
        (np.log, lambda g, x: g / x, np.array([0.0, 1.0, 2.0])),
        (np.exp, lambda g, x: g * np.exp(x), np.array([1000.0, 1.0])),
        (np.sqrt, lambda g, x: g * 0.5 / np.sqrt(x), np.array([-1.0, 4.0])),
        (np.sqrt, lambda g, x: g * 0.5 / np.sqrt(x), np.array([1e-300, 4.0])),
    ],
    ids=["infinite", "overflow", "not a number", "next to the edge"],
)
def test_a_function_at_the_edge_of_its_domain_never_fails_and_never_raises(value, vjp, x):
    with np.errstate(all="ignore"):
        report = check_vjp(value, vjp, (x,))
    assert FAILED not in outcomes(report).values()


def test_the_users_warnings_are_not_errors_of_the_check():
    report = check_vjp(lambda x: np.log(x), lambda g, x: g / x, (np.array([0.0, 1.0, 2.0]),))  # noqa: PLW0108 - a Python function
    assert FAILED not in outcomes(report).values()


def test_random_state_is_as_it_was_after_a_function_that_draws():
    before = world()
    check_vjp(lambda x: np.sin(x) + 0.0 * np.random.rand(), lambda g, x: g * np.cos(x), (X,))
    assert world() == before
