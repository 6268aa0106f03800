"""A static function of a home-made framework is a pair whose cache is its context."""

import numpy as np

from gradcheck.cases.pairs.contexts import RecordedContext, as_pair, context_class


class Shelf:
    def save_for_backward(self, *values):
        self.shelved = values


class Context:
    def __init__(self, owner):
        self.owner = owner

    def save_for_backward(self, *values):
        self.kept = values


class Square:
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return 2 * x * grad


class Kept:
    @staticmethod
    def forward(ctx: "Shelf", x):
        ctx.save_for_backward(x)
        return x

    @staticmethod
    def backward(ctx, grad):
        return grad


class OfNumbers:
    @staticmethod
    def forward(ctx, a: float, b: float) -> float:
        ctx.save_for_backward(a, b)
        return a * b if a > 0 else b

    @staticmethod
    def backward(ctx, grad: float):
        a, b = ctx.saved_values
        return (grad * b, grad * a) if a > 0 else (0.0, grad)


def test_the_context_of_a_forward_is_handed_to_its_backward():
    forward, backward = as_pair(Square, "forward", "backward")
    x = np.array([1.0, -2.0])
    value, context = forward(x)
    np.testing.assert_array_equal(value, x**2)
    np.testing.assert_array_equal(backward(context, np.ones(2)), 2 * x)


def test_an_annotated_context_is_the_frameworks_own_and_one_that_cannot_be_made_is_stood_in_for():
    assert context_class(Kept.forward, Kept.backward, Kept) is Shelf
    # `Context` lies beside `Square`, but is made of something nobody has.
    assert context_class(Square.forward, Square.backward, Square) in {Context, RecordedContext}
    assert isinstance(as_pair(Square, "forward", "backward")[0](np.ones(1))[1], RecordedContext)


def test_a_function_of_numbers_is_called_entry_by_entry():
    forward, backward = as_pair(OfNumbers, "forward", "backward")
    a, b = np.array([[2.0, -1.0]]), np.array([[3.0, 5.0]])
    value, contexts = forward(a, b)
    np.testing.assert_array_equal(value, [[6.0, 5.0]])
    d_a, d_b = backward(contexts, np.ones((1, 2)))
    np.testing.assert_array_equal(d_a, [[3.0, 0.0]])
    np.testing.assert_array_equal(d_b, [[2.0, 1.0]])
