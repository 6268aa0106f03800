from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import MaxPool2d

KEYWORDS = [
    {},
    {"stride": 1},
    {"stride": (2, 1), "padding": 1},
    {"stride": 1, "dilation": 2},
]


@pytest.mark.parametrize("keywords", KEYWORDS)
@pytest.mark.parametrize("kernel", [2, 3, (2, 3)])
def test_it_agrees_with_torch(assert_twins, kernel, keywords):
    import torch

    def twin(weights, x):
        del weights
        return torch.nn.functional.max_pool2d(x, kernel, **keywords)

    assert_twins(MaxPool2d(kernel, **keywords), twin, (2, 3, 6, 7), roundings=9)


def test_of_equal_entries_the_first_gets_the_gradient_as_in_torch():
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    x = np.array([[[[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]]])
    layer = MaxPool2d(2, stride=1)
    y = layer.forward(x)
    tensor = torch.tensor(x, requires_grad=True)
    torch.nn.functional.max_pool2d(tensor, 2, stride=1).sum().backward()
    assert np.array_equal(layer.backward(np.ones_like(y)), tensor.grad.numpy())


def test_the_padding_is_never_the_largest():
    assert MaxPool2d(2, padding=1).forward(np.full((1, 1, 2, 2), -5.0)).tolist() == [[[[-5.0, -5.0], [-5.0, -5.0]]]]


def test_a_padding_beyond_half_of_the_kernel_is_refused():
    with pytest.raises(ValueError, match="padding=2 is more than half of kernel_size=3"):
        MaxPool2d(3, padding=2)
