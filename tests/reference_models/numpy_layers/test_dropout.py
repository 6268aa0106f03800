from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Dropout


def test_the_share_that_is_dropped_is_p_and_the_mean_stays():
    y = Dropout(0.25).forward(np.ones(40_000))
    assert np.mean(y == 0) == pytest.approx(0.25, abs=0.01)
    assert np.unique(y).tolist() == [0.0, 1 / 0.75]


def test_each_forward_drops_others_and_the_seed_decides_which():
    layer, same, other = Dropout(seed=3), Dropout(seed=3), Dropout(seed=4)
    first, second = layer.forward(np.ones(64)), layer.forward(np.ones(64))
    assert not np.array_equal(first, second)
    assert np.array_equal(first, same.forward(np.ones(64)))
    assert not np.array_equal(first, other.forward(np.ones(64)))


def test_what_was_dropped_has_no_gradient_and_the_rest_is_scaled_alike():
    layer = Dropout(0.5)
    y = layer.forward(np.ones((8, 8)))
    assert np.array_equal(layer.backward(np.full((8, 8), 3.0)), 3 * y)


@pytest.mark.parametrize(("p", "training"), [(0.5, False), (0.0, True)])
def test_outside_of_training_and_without_a_probability_it_changes_nothing(p, training):
    layer = Dropout(p)
    layer.training = training
    x = np.random.default_rng(0).standard_normal(50)
    assert np.array_equal(layer.forward(x), x)
    assert np.array_equal(layer.backward(x), x)


@pytest.mark.parametrize("p", [-0.1, 1.0, 1.5])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"expected 0 <= p < 1"):
        Dropout(p)


def test_it_agrees_with_torch_where_torch_dropped_the_same():
    """torch draws its own; what it kept is read off its answer to ones."""
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    x, y_bar = np.random.default_rng(0).standard_normal((2, 50))
    generator = torch.random.get_rng_state()
    kept = torch.nn.functional.dropout(torch.ones(50, dtype=torch.float64), 0.25).numpy() > 0
    torch.random.set_rng_state(generator)
    tensor = torch.tensor(x, requires_grad=True)
    expected = torch.nn.functional.dropout(tensor, 0.25)
    expected.backward(torch.tensor(y_bar))

    class Given:
        def random(self, shape):
            assert shape == x.shape
            return np.where(kept, 1.0, 0.0)

    layer = Dropout(0.25)
    layer.rng = Given()
    np.testing.assert_allclose(layer.forward(x), expected.detach().numpy(), rtol=1e-15)
    np.testing.assert_allclose(layer.backward(y_bar), tensor.grad.numpy(), rtol=1e-15)
