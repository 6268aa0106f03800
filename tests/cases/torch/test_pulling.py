"""Upstream gradients reach a backward as torch itself would hand them over."""

import subprocess
import sys
import textwrap

import pytest

torch = pytest.importorskip("torch")

from gradcheck.cases.torch.pulling import pulled  # noqa: E402 - torch may be missing


def drawn(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(5))


def outputs_of(x):
    product = x @ x.T
    # The same tensor twice, one that is a leaf, and one that another input alone reaches.
    return [product, product, x, torch.tanh(x).sum()]


def test_gradients_are_those_of_torch_for_several_outputs_for_one_twice_and_for_a_leaf():
    x, apart = drawn(3, 4).requires_grad_(), drawn(2).requires_grad_()
    outputs = outputs_of(x)
    upstream = [drawn(*output.shape) for output in outputs]
    found, none = pulled(outputs, upstream, [x, apart])
    expected, _ = torch.autograd.grad(outputs_of(x), [x, apart], upstream, allow_unused=True)
    assert torch.equal(found, expected)
    assert none is None


def test_a_second_gradient_goes_back_through_the_upstream_gradient_as_well():
    x, y_bar = drawn(3).requires_grad_(), drawn(3).requires_grad_()
    (first,) = pulled([torch.sin(x)], [y_bar], [x], create_graph=True)
    by_x, by_upstream = pulled([first], [torch.ones(3, dtype=torch.float64)], [x, y_bar])
    assert torch.allclose(by_x, -torch.sin(x) * y_bar)
    assert torch.allclose(by_upstream, torch.cos(x))


def test_backward_is_handed_the_very_tensor_laid_out_as_it_is():
    handed = []

    class Identity(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, y_bar):
            handed.append((y_bar.data_ptr(), y_bar.stride()))
            return y_bar.clone()

    x, y_bar = drawn(3, 4).requires_grad_(), drawn(4, 3).T
    pulled([Identity.apply(x)], [y_bar], [x])
    assert handed == [(y_bar.data_ptr(), (1, 3))]


def test_nothing_of_symbolic_mathematics_is_loaded_for_it():
    program = """
        import sys, torch
        from gradcheck.cases.torch.pulling import pulled
        x = torch.ones(3, requires_grad=True)
        pulled([2 * x], [torch.ones(3)], [x])
        print("sympy" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
