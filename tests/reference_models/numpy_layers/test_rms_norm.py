from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import RMSNorm

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=10)


def test_by_hand():
    """x = (1, 7): mean square 25, x_hat = (1/5, 7/5); g = (100, 0), mean of g x_hat = 10: x_bar = (98, -14) / 5."""
    layer = RMSNorm(2, eps=0.0)
    layer.gamma = np.array([2.0, 1.0])
    np.testing.assert_allclose(layer.forward(np.array([[1.0, 7.0]])), [[0.4, 1.4]], rtol=1e-15)
    np.testing.assert_allclose(layer.backward(np.array([[50.0, 0.0]])), [[19.6, -2.8]], rtol=1e-14)
    np.testing.assert_allclose(layer.dgamma, [10.0, 0.0], rtol=1e-15)


@EXAMPLES
@given(
    leading=st.lists(st.integers(1, 4), max_size=3), features=st.integers(2, 9), eps=st.sampled_from([1e-6, 1e-3, 1.0])
)
def test_it_agrees_with_torch(assert_twins, leading, features, eps):
    import torch

    def twin(weights, x):
        return torch.nn.functional.rms_norm(x, (features,), weights["gamma"], eps)

    rows = int(np.prod(leading))
    assert_twins(RMSNorm(features, eps=eps), twin, (*leading, features), roundings=3 * features + rows + 20)
