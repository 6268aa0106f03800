from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import LayerNorm

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=10)


def test_by_hand():
    """x = (1, 3): mean 2, variance 1 + 3 of eps, x_hat = (-1/2, 1/2); g = gamma y_bar = (2, 0).

    mean g = 1, mean of g x_hat = -1/2: x_bar = (2 - 1 - 1/4, 0 - 1 + 1/4) / 2.
    """
    layer = LayerNorm(2, eps=3.0)
    layer.gamma, layer.beta = np.array([2.0, 4.0]), np.array([10.0, 20.0])
    assert layer.forward(np.array([[1.0, 3.0]])).tolist() == [[9.0, 22.0]]
    assert layer.backward(np.array([[1.0, 0.0]])).tolist() == [[0.375, -0.375]]
    assert layer.dgamma.tolist() == [-0.5, 0.0]
    assert layer.dbeta.tolist() == [1.0, 0.0]


def test_a_constant_row_is_mapped_to_beta():
    layer = LayerNorm(3)
    layer.beta = np.array([1.0, 2.0, 3.0])
    assert layer.forward(np.full((1, 3), 7.0)).tolist() == [[1.0, 2.0, 3.0]]


@EXAMPLES
@given(
    leading=st.lists(st.integers(1, 4), max_size=3), features=st.integers(3, 9), eps=st.sampled_from([1e-5, 1e-3, 1.0])
)
def test_it_agrees_with_torch(assert_twins, leading, features, eps):
    import torch

    def twin(weights, x):
        return torch.nn.functional.layer_norm(x, (features,), weights["gamma"], weights["beta"], eps)

    rows = int(np.prod(leading))
    assert_twins(LayerNorm(features, eps=eps), twin, (*leading, features), roundings=4 * features + rows + 20)
