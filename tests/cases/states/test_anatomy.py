"""A layer is walked once, and what its class does to its copies is noticed."""

import numpy as np
import pytest

from gradcheck.cases.running.copies import with_arrays
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.states.anatomy import anatomy_of

W = np.arange(6.0).reshape(2, 3)
TWO_PATHS = ("W", "params[0]")


class Plain:
    def __init__(self):
        self.W = W.copy()
        self.params = [self.W]
        self.transposed = self.W.T


class CopyingByItself(Plain):
    """Its copy has the weights as they are, whoever asked for others."""

    def __deepcopy__(self, memo):
        copied = type(self)()
        copied.W[...] = self.W
        return copied


def test_an_array_and_its_view_are_told_from_one_held_twice():
    anatomy = anatomy_of(layer := Plain())
    assert anatomy.shared == {id(layer.W), id(layer.transposed)}
    assert set(anatomy.held) == {"W", "params[0]", "transposed"}


@pytest.mark.parametrize("cls", [Plain, CopyingByItself])
@pytest.mark.parametrize("again", [1, 2])
def test_an_exchanged_array_arrives_at_all_its_places_however_the_class_is_copied(cls, again):
    evaluator = Evaluator(layer=cls(), seed=0)
    for _ in range(again):
        layer = with_arrays(evaluator, {TWO_PATHS: 2.0 * W})
    np.testing.assert_array_equal(layer.W, 2.0 * W)
    assert layer.params[0] is layer.W
    np.testing.assert_array_equal(layer.transposed, 2.0 * W.T)
    np.testing.assert_array_equal(evaluator.layer.W, W)


def test_an_array_of_another_dtype_replaces_the_layers_own():
    layer = with_arrays(Evaluator(layer=Plain(), seed=0), {TWO_PATHS: W.astype(np.float32)})
    assert layer.W.dtype == np.float32
    assert layer.params[0] is layer.W


def test_an_exchanged_array_keeps_the_layout_of_the_layers_own():
    evaluator = Evaluator(layer=(held := Plain()), seed=0)
    held.W = np.asfortranarray(W)
    assert with_arrays(evaluator, {("W",): W + 1.0}).W.flags.f_contiguous


def test_copies_of_a_layer_walk_it_once():
    evaluator = Evaluator(layer=Plain(), seed=0)
    first = evaluator.anatomy
    with_arrays(evaluator, {TWO_PATHS: W})
    assert evaluator.anatomy is first
