"""Operands that meet by broadcasting: what fails, what is told and what is left alone."""

import dataclasses

import numpy as np
import pytest

from gradcheck.building import build_given
from gradcheck.cases.guessing.given import given_inputs
from gradcheck.choosing import Plan
from gradcheck.expecting import asked
from gradcheck.oracles import finite_difference
from gradcheck.searching.broadcasting import met
from gradcheck.types import Context, Profile


class Product:
    """A product whose gradients are summed as its subclasses say."""

    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, dout):
        return self.to_a(dout * self.b), self.to_b(dout * self.a)

    def to_a(self, gradient):
        return gradient

    def to_b(self, gradient):
        return gradient


def summed(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


@pytest.fixture
def met_of():
    """(layer) -> what becomes of its operands, both (4, 3), where one of them is smaller."""

    def found(layer):
        rng = np.random.default_rng(0)
        name = type(layer).__name__
        plan = Plan(identity=f"layers.py::{name}", forward="forward", backward="backward", seed=0)
        inputs = given_inputs(layer, "forward", (rng.normal(size=(4, 3)), rng.normal(size=(4, 3))), {})
        case = build_given(layer, inputs, plan, f"{name}()")
        oracles = {"finite_difference": finite_difference.ORACLE}
        context = Context(case=case, profile=Profile.DEFAULT, oracles=oracles)
        ask = lambda one, check: asked(check, dataclasses.replace(context, case=one))  # noqa: E731
        return met(case, frozenset(case.subject.primals), ask)

    return found


def test_sums_of_vectors_and_none_of_rows_fail(met_of):
    class VectorsOnly(Product):
        def to_b(self, gradient):
            return gradient.sum(axis=0) if self.b.ndim < gradient.ndim else gradient

    assert met_of(VectorsOnly()).result.headline == "VectorsOnly: gradient of `b` has shape (4, 3), `b` has (1, 3)"


def test_a_mean_where_a_sum_belongs_fails(met_of):
    class MeanOfColumns(Product):
        def to_a(self, gradient):
            return summed(gradient, self.a.shape)

        def to_b(self, gradient):
            whole = summed(gradient, self.b.shape)
            return whole / 3.0 if self.b.shape[-1] == 1 else whole

    found = met_of(MeanOfColumns())
    assert found.inputs["b"].shape == (4, 1)
    assert [q.name for q in found.result.quantities if q.wrong] == ["b"]


def test_of_two_equals_what_is_done_for_one_is_meant_of_the_other(met_of):
    class SecondOnly(Product):
        def to_b(self, gradient):
            return summed(gradient, self.b.shape)

    assert met_of(SecondOnly()).inputs["a"].shape == (3,)


def test_data_and_what_it_is_scaled_by_are_no_equals(met_of):
    class Scaled(Product):
        def forward(self, x, gain):
            return super().forward(x, gain)

        def to_b(self, gradient):
            return summed(gradient, self.b.shape)

    found = met_of(Scaled())
    assert found.result is None
    assert "takes `x` of another shape by broadcasting" in found.notes[0]


def test_where_nothing_is_summed_that_is_told_and_does_not_fail(met_of):
    class EqualOnly(Product):
        pass

    found = met_of(EqualOnly())
    assert found.result is None
    assert found.notes == (
        "forward takes `a` and `b` of another shape by broadcasting, as (3,) beside (4, 3); backward does not",
    )


def test_sums_of_every_shape_are_right_and_nothing_is_told(met_of):
    class Any(Product):
        def to_a(self, gradient):
            return summed(gradient, self.a.shape)

        def to_b(self, gradient):
            return summed(gradient, self.b.shape)

    found = met_of(Any())
    assert (found.result, found.notes) == (None, ())


def test_a_row_or_a_vector_alike_is_no_mistake(met_of):
    class RowsKept(Product):
        def to_b(self, gradient):
            return gradient.sum(axis=0, keepdims=True) if self.b.size == gradient.shape[1] else gradient

    assert met_of(RowsKept()).result is None


def test_what_forward_or_backward_refuses_is_left_alone(met_of):
    class Strict(Product):
        def forward(self, a, b):
            assert a.shape == b.shape
            return super().forward(a, b)

    class Refusing(Product):
        def backward(self, dout):
            assert self.a.shape == self.b.shape
            return super().backward(dout)

    assert met_of(Strict()).notes == ()
    assert met_of(Refusing()).notes == ()
