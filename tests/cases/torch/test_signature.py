"""What the arguments of a function's forward mean."""

import pytest

from gradcheck.cases.torch.signature import function_arguments

torch = pytest.importorskip("torch")


def function(forward, setup=None):
    body = {"forward": staticmethod(forward)}
    if setup:
        body["setup_context"] = staticmethod(setup)
    return type("Made", (torch.autograd.Function,), body)


def meanings(made):
    return {argument.name: argument.meaning for argument in function_arguments(made)}


def test_ctx_is_left_out_where_forward_takes_it():
    assert meanings(function(lambda ctx, x: x)) == {"x": "input"}
    assert meanings(function(lambda x: x, lambda ctx, inputs, output: None)) == {"x": "input"}


@pytest.mark.parametrize(
    ("forward", "expected"),
    [
        (
            lambda ctx, data, weight, bias=None, stride=1, padding=0: None,
            {"data": "input", "weight": "weight", "bias": "bias", "stride": "count", "padding": "count"},
        ),
        (lambda ctx, x, gamma, beta, eps: None, {"x": "input", "gamma": "scale", "beta": "shift", "eps": "number"}),
        (lambda ctx, x, beta: None, {"x": "input", "beta": "number"}),
        (lambda ctx, a, b: None, {"a": "input", "b": "second"}),
        (lambda ctx, x, num_bits, training: None, {"x": "input", "num_bits": "count", "training": "flag"}),
        (lambda ctx, indices, weight: None, {"indices": "ids", "weight": "weight"}),
        (lambda ctx, logits, target: None, {"logits": "input", "target": "target"}),
        (lambda ctx, x, dim: None, {"x": "input", "dim": "axis"}),
        (lambda ctx, x, strength: None, {"x": "input", "strength": "number"}),
        (lambda ctx, *tensors: None, {"tensors0": "input", "tensors1": "input"}),
    ],
)
def test_names_and_defaults_say_what_an_argument_is(forward, expected):
    assert meanings(function(forward)) == expected


def test_annotations_go_before_names():
    def forward(ctx, x: torch.Tensor, alpha: torch.Tensor, weight: float, keep: bool):  # noqa: FBT001 - apply takes no names
        return x

    assert meanings(function(forward)) == {"x": "input", "alpha": "second", "weight": "number", "keep": "flag"}


def test_what_is_saved_for_backward_is_a_tensor():
    def forward(ctx, x, alpha):
        ctx.save_for_backward(x, alpha)
        return x * alpha

    assert meanings(function(forward)) == {"x": "input", "alpha": "second"}
