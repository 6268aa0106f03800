"""Inputs of a torch function or module that a person names."""

import pytest

from gradcheck.cases.torch.given import given_tensors
from gradcheck.errors import UsageError

torch = pytest.importorskip("torch")


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor=2.0, shift=3.0):
        ctx.factor = factor
        return x * factor + shift

    @staticmethod
    def backward(ctx, y_bar):
        return y_bar * ctx.factor, None, None


class Masked(torch.nn.Module):
    def forward(self, x, mask=None, *, scale=1.0):
        return x * scale if mask is None else x * mask * scale


def named(layer, **inputs):
    return list(given_tensors(layer, "forward", (), inputs).arguments)


def test_inputs_of_a_function_come_in_the_order_of_its_forward_whatever_order_they_are_named_in():
    assert named(Scaled, factor=4.0, x=torch.ones(2)) == ["x", "factor"]


def test_what_is_left_out_in_front_of_a_functions_input_has_its_default():
    found = given_tensors(Scaled, "forward", (), {"x": torch.ones(2), "shift": 5.0}).arguments
    assert list(found) == ["x", "factor", "shift"]
    assert (found["factor"], found["shift"]) == (2.0, 5.0)
    assert named(Scaled, x=torch.ones(2)) == ["x"]


def test_a_module_is_handed_what_it_has_by_name():
    assert named(Masked(), scale=2.0, mask=torch.ones(2), x=torch.ones(2)) == ["x", "mask", "scale"]


@pytest.mark.parametrize(
    ("layer", "taken"), [(Scaled, "forward(x, factor, shift)"), (Masked(), "forward(x, mask, scale)")]
)
def test_an_input_that_forward_does_not_have_is_refused_by_name(layer, taken):
    with pytest.raises(UsageError) as refusal:
        named(layer, y=torch.ones(2))
    assert str(refusal.value) == f"{taken} has no input 'y'"
