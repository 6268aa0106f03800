"""Which upstream gradient belongs to which of forward's outputs."""

from __future__ import annotations

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError

X = np.array([[0.3, -1.2], [0.7, 0.4], [1.1, -0.6]])


class Named:
    """Two outputs and what belongs to them in another order."""

    def forward(self, x):
        self.x = x
        s_next, c_next = np.sin(x), x**3
        return s_next, c_next

    def backward(self, grad_c, grad_s):
        return grad_s * np.cos(self.x) + 3 * self.x**2 * grad_c


class Unnamed(Named):
    def forward(self, x):
        self.x = x
        return np.sin(x), x**3

    def backward(self, d_one, d_two):
        return d_two * np.cos(self.x) + 3 * self.x**2 * d_one


class NamedWrong(Named):
    def backward(self, grad_s, grad_c):
        return super().backward(grad_s, grad_c)


class Together(Named):
    def backward(self, grads):
        return grads[0] * np.cos(self.x) + 3 * self.x**2 * grads[1]


class ForTheCurious(Named):
    def backward(self, dout):
        return dout * np.cos(self.x)


class TooMany(Named):
    def forward(self, x):
        self.x = x
        return np.sin(x)


def failed(layer):
    return [result.check for result in gradcheck.check_layer(layer, X).results if result.outcome.value == "failed"]


@pytest.mark.parametrize("layer", [Named, Unnamed, Together, ForTheCurious])
def test_each_output_gets_its_own_upstream_gradient_whatever_the_order(layer):
    assert failed(layer()) == []


def test_names_bind_though_another_order_would_be_right():
    assert "gradient" in failed(NamedWrong())


def test_more_upstream_gradients_than_outputs_are_refused_with_their_names():
    with pytest.raises(UsageError, match=r"takes 2 upstream gradients \(grad_c, grad_s\).*one array"):
        gradcheck.check_layer(TooMany(), X)


def test_a_list_of_arrays_that_a_person_gives_is_differentiated_item_by_item():
    class Difference:
        def forward(self, xs):
            return xs[0] - 2.0 * xs[1]

        def backward(self, dout):
            return [dout, -dout]

    report = gradcheck.check_layer(Difference(), [X, X[::-1].copy()])
    gradient = next(result for result in report.results if result.check == "gradient")
    assert [(q.name, q.outcome.value) for q in gradient.quantities] == [("xs[0]", "passed"), ("xs[1]", "failed")]
