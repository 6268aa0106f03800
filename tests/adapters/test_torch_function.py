"""torch.autograd.Functions through the library: what each check says of what autograd may do with them."""

import numpy as np
import pytest

from gradcheck import check_layer
from gradcheck.errors import UsageError
from gradcheck.types import Outcome

torch = pytest.importorskip("torch")


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x @ w.t()

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        return grad_output @ w, grad_output.t() @ x


class KeptOnContext(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x.sin()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.x.cos()


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


class SingleOnly(torch.autograd.Function):
    factor = 2.0

    @staticmethod
    def forward(ctx, x):
        if x.dtype != torch.float32:
            raise TypeError
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return SingleOnly.factor * x * grad_output


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.exp(), (2 * x).sum(-1)

    @staticmethod
    def backward(ctx, grad_exp, grad_sum):
        (x,) = ctx.saved_tensors
        return grad_exp * x.exp() + 2 * grad_sum.unsqueeze(-1)


@pytest.fixture
def x():
    return torch.tensor([[0.3, -1.2, 0.7], [1.4, 0.2, -0.6]], dtype=torch.float64)


def by_check(report):
    return {result.check: result for result in report.results}


def test_a_right_function_passes_every_check_that_applies(x):
    outcomes = {name: r.outcome for name, r in by_check(check_layer(Product, x, torch.ones(4, 3) + x[0])).items()}
    assert {outcomes.pop("undefined"), outcomes.pop("reference")} == {Outcome.NOT_APPLICABLE}
    assert set(outcomes.values()) == {Outcome.PASSED}
    assert {"contract", "gradient", "double_backward", "in_place", "memory_layout", "requested"} <= set(outcomes)


def test_arrays_will_do_for_tensors():
    assert check_layer(Product, np.array([[0.3, -1.2]]), np.array([[0.1, 0.5], [0.2, -0.4]])).ok


def test_a_tensor_that_requires_no_gradient_is_a_constant_beside_one_that_does(x):
    report = check_layer(Product, x.clone().requires_grad_(), torch.ones(4, 3))
    assert [q.name for q in by_check(report)["gradient"].quantities] == ["x"]


def test_several_outputs_are_judged_together_and_each_may_be_left_unused(x):
    found = by_check(check_layer(Both, x))
    assert found["gradient"].outcome is Outcome.PASSED
    assert found["undefined"].outcome is Outcome.PASSED
    assert found["undefined"].compared == 2


def test_an_input_kept_on_ctx_is_noted(x):
    notes = by_check(check_layer(KeptOnContext, x))["gradient"].notes
    assert notes == ("forward keeps an input or output as ctx.x; save_for_backward is made for those",)


def test_a_straight_through_estimator_is_labelled_and_not_failed(x):
    gradient = by_check(check_layer(Round, x))["gradient"]
    assert gradient.outcome is Outcome.NOT_APPLICABLE
    assert gradient.headline.startswith("it is a straight-through estimator")


@pytest.mark.parametrize(("factor", "outcome"), [(2.0, Outcome.PASSED), (1.9, Outcome.FAILED)])
def test_a_function_of_float32_only_is_judged_in_float32(x, monkeypatch, factor, outcome):
    monkeypatch.setattr(SingleOnly, "factor", factor)
    gradient = by_check(check_layer(SingleOnly, x))["gradient"]
    assert gradient.outcome is outcome
    assert "forward does not take float64; it was judged in float32" in gradient.notes


def test_an_input_without_numbers_to_differentiate_by_is_refused():
    with pytest.raises(UsageError, match="floating-point tensor or array"):
        check_layer(Round, torch.arange(3))


def test_more_inputs_than_forward_takes_are_refused(x):
    with pytest.raises(UsageError, match=r"forward\(x\) takes 1 inputs, 2 were given"):
        check_layer(Round, x, x)
