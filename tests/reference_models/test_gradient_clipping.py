from __future__ import annotations

import numpy as np
import pytest

from reference_models.gradient_clipping import clip_by_global_norm


def some_gradients(dtype=np.float64):
    rng = np.random.default_rng(0)
    return {name: rng.standard_normal(shape).astype(dtype) for name, shape in {"W": (3, 4), "b": (4,)}.items()}


@pytest.mark.parametrize("max_norm", [0.5, 3.0, 100.0])
def test_it_agrees_with_torch(max_norm):
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    gradients = some_gradients()
    leaves = []
    for gradient in gradients.values():
        leaf = torch.zeros(gradient.shape, dtype=torch.float64, requires_grad=True)
        leaf.grad = torch.tensor(gradient)
        leaves.append(leaf)
    expected = torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    assert clip_by_global_norm(gradients, max_norm) == pytest.approx(expected.item(), rel=1e-12)
    for gradient, leaf in zip(gradients.values(), leaves, strict=True):
        np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-12)


def test_short_gradients_stay_as_they_are():
    gradients = some_gradients()
    clip_by_global_norm(gradients, 100.0)
    assert all(np.array_equal(gradients[name], other) for name, other in some_gradients().items())


def test_the_direction_stays_and_so_does_the_type():
    gradients = some_gradients(np.float32)
    norm = clip_by_global_norm(gradients, 1.0)
    for name, original in some_gradients(np.float32).items():
        assert gradients[name].dtype == np.float32
        np.testing.assert_allclose(gradients[name], original / norm, rtol=1e-5)


def test_gradients_too_large_for_a_square_in_float32_are_measured_all_the_same():
    gradients = {"W": np.full(4, 1e30, np.float32)}
    assert clip_by_global_norm(gradients, 1.0) == pytest.approx(2e30)
    np.testing.assert_allclose(gradients["W"], 0.5, rtol=1e-6)


def test_a_gradient_of_zeros_is_not_divided_by_zero():
    gradients = {"W": np.zeros(3)}
    assert clip_by_global_norm(gradients, 1.0) == 0.0
    assert not gradients["W"].any()


def test_a_gradient_that_is_not_finite_is_named():
    with pytest.raises(ValueError, match="the gradient of b has norm nan; clipping cannot mend it"):
        clip_by_global_norm({"W": np.ones(2), "b": np.array([np.nan])}, 1.0)


@pytest.mark.parametrize("max_norm", [0.0, -1.0, float("nan")])
def test_a_norm_that_leaves_nothing_is_refused(max_norm):
    with pytest.raises(ValueError, match="would leave nothing"):
        clip_by_global_norm(some_gradients(), max_norm)
