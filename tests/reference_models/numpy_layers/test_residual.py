from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Residual


@pytest.mark.parametrize("norm_first", [False, True])
def test_around_a_linear_map_it_agrees_with_torch(norm_first):
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    rng = np.random.default_rng(0)
    x, y_bar, W = rng.standard_normal((5, 4)), rng.standard_normal((5, 4)), rng.standard_normal((4, 4))
    residual = Residual(4, norm_first=norm_first)
    y = residual.leave(x, residual.enter(x) @ W)
    x_bar, output_bar = residual.leave_backward(y_bar)
    x_bar = residual.enter_backward(x_bar, output_bar @ W.T)

    tensor = torch.tensor(x, requires_grad=True)
    norm = torch.nn.LayerNorm(4, dtype=torch.float64)
    twin = tensor + norm(tensor) @ torch.tensor(W) if norm_first else norm(tensor + tensor @ torch.tensor(W))
    twin.backward(torch.tensor(y_bar))
    np.testing.assert_allclose(y, twin.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(x_bar, tensor.grad.numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(residual.norm.dgamma, norm.weight.grad.numpy(), rtol=1e-12, atol=1e-14)
