"""A pair becomes a subject: each way of calling a backward is read, by names and where they say nothing by value."""

import numpy as np
import pytest

from gradcheck import check_pair
from gradcheck.errors import UsageError
from gradcheck.types import Outcome

X = np.random.default_rng(0).normal(size=(4, 3))
Y = np.random.default_rng(1).normal(size=(4, 3))


def outcomes(report):
    return {result.check: result.outcome for result in report.results if result.check in {"contract", "gradient"}}


PASSED = {"contract": Outcome.PASSED, "gradient": Outcome.PASSED}


def sine(x):
    return np.sin(x)


def cosine(x):
    return np.cos(x)


def tangent(x):
    return np.tanh(x)


def exponential(x):
    return np.exp(x)


def cached_sine(x):
    return np.sin(x), np.cos(x)


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        pytest.param(cached_sine, lambda dout, cache: dout * cache, id="upstream and cache"),
        pytest.param(sine, lambda dout, x: dout * np.cos(x), id="upstream and input"),
        pytest.param(sine, cosine, id="the input alone: a derivative"),
        pytest.param(sine, lambda z: 1 - 2 * np.sin(z / 2) ** 2, id="the input under another name"),
        pytest.param(tangent, lambda y: 1 - y**2, id="the output alone"),
        pytest.param(tangent, lambda x: 1 - x**2, id="the output under the name of the input"),
        pytest.param(sine, lambda dout, *, x: dout * np.cos(x), id="a keyword"),
        pytest.param(sine, lambda dout, cache: dout * np.cos(cache), id="a cache that is the input"),
        pytest.param(exponential, lambda grad, out: grad * out, id="upstream and output"),
        pytest.param(lambda x: (np.exp(x), x, 1), lambda dout, cache: dout * np.exp(cache[0]), id="several caches"),
        pytest.param(lambda x: np.sum(x**2), lambda x: 2 * x, id="the gradient of a number"),
    ],
)
def test_each_way_of_calling_a_backward_is_understood(forward, backward):
    assert outcomes(check_pair(forward, backward, X)) == PASSED


def test_a_wrong_derivative_fails_under_every_reading():
    report = check_pair(sine, sine, X)
    assert outcomes(report)["gradient"] is Outcome.FAILED


def product(left, right):
    return left * right, (left, right)


@pytest.mark.parametrize(
    "backward",
    [
        pytest.param(lambda dout, cache: (dout * cache[1], dout * cache[0]), id="a tuple in order"),
        pytest.param(lambda dout, cache: [dout * cache[0], dout * cache[1]], id="a list in another order"),
        pytest.param(lambda dout, cache: {"right": dout * cache[0], "left": dout * cache[1]}, id="a dictionary"),
        pytest.param(
            lambda dout, cache: {"dright": dout * cache[0], "dleft": dout * cache[1]}, id="names of gradients"
        ),
    ],
)
def test_gradients_are_given_to_their_variables_by_name_else_by_value(backward):
    assert outcomes(check_pair(product, backward, X, Y)) == PASSED


def test_gradients_exchanged_under_their_names_are_wrong():
    report = check_pair(product, lambda dout, cache: {"dleft": dout * cache[0], "dright": dout * cache[1]}, X, Y)
    assert outcomes(report)["gradient"] is Outcome.FAILED


def test_several_outputs_take_an_upstream_gradient_each():
    def cell_forward(x, prev_c):
        c = x + prev_c**2
        return np.tanh(c), c, (np.tanh(c), prev_c)

    def cell_backward(dh, dc, cache):
        total = dc + dh * (1 - cache[0] ** 2)
        return total, 2 * total * cache[1]

    assert outcomes(check_pair(cell_forward, cell_backward, X, Y)) == PASSED
    broken = check_pair(cell_forward, lambda dh, dc, cache: (dc, 2 * dc * cache[1]), X, Y)
    assert outcomes(broken)["gradient"] is Outcome.FAILED


def test_arrays_in_a_dictionary_are_variables_too():
    def cell_forward(x, parameters):
        return x @ parameters["W"] + parameters["b"], (x, parameters)

    def cell_backward(dout, cache):
        x, parameters = cache
        return {"dx": dout @ parameters["W"].T, "dW": x.T @ dout, "db": dout.sum(axis=0)}

    given = {"W": np.random.default_rng(2).normal(size=(3, 2)), "b": np.zeros(2)}
    report = check_pair(cell_forward, cell_backward, X, given)
    (gradient,) = (result for result in report.results if result.check == "gradient")
    assert [q.name for q in gradient.quantities] == ["x", "parameters.W", "parameters.b"]
    assert report.ok


def test_a_backward_that_writes_into_the_upstream_gradient_is_told():
    def relu_backward(dout, x):
        dout[x <= 0] = 0
        return dout

    report = check_pair(lambda x: np.maximum(x, 0), relu_backward, X)
    assert any("upstream gradient" in told for result in report.results for told in (*result.notes, *result.warnings))


def test_a_jacobian_for_each_row_is_multiplied_by_the_upstream_gradient():
    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def softmax_derivative(x):
        p = softmax(x)
        return p[:, :, None] * np.eye(3) - p[:, :, None] * p[:, None, :]

    assert outcomes(check_pair(softmax, softmax_derivative, X)) == PASSED


def test_a_value_with_its_gradient_needs_no_backward():
    def square_loss(x):
        loss, dx = np.sum(x**2), 2 * x
        return loss, dx

    assert outcomes(check_pair(square_loss, None, X)) == PASSED


def test_parameter_gradients_divided_by_the_batch_size_are_undecided_until_declared():
    def dense_forward(x, W, b):
        return x @ W + b, (x, W)

    def dense_backward(dout, cache):
        x, W = cache
        return dout @ W.T, x.T @ dout / len(x), dout.mean(axis=0)

    given = X, np.random.default_rng(2).normal(size=(3, 2)), np.zeros(2)
    assert outcomes(check_pair(dense_forward, dense_backward, *given))["gradient"] is Outcome.INCONCLUSIVE
    declared = check_pair(dense_forward, dense_backward, *given, parameter_gradients="mean")
    assert outcomes(declared)["gradient"] is Outcome.PASSED


def test_a_gradient_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="no array that gradcheck recognises"):
        check_pair(sine, lambda dout, cache: None, X)


def test_a_step_with_a_loss_of_its_own_within_is_not_judged():
    def step_forward(x, y):
        h = np.tanh(x)
        return h, np.sum((h - y) ** 2), (h, y)

    def step_backward(dh, cache):
        h, y = cache
        return (dh + 2 * (h - y)) * (1 - h**2)

    with pytest.raises(UsageError, match="a loss of its own"):
        check_pair(step_forward, step_backward, X, Y)
