from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import BatchNorm

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=6)


@pytest.mark.parametrize("training", [True, False])
@EXAMPLES
@given(
    batch=st.integers(3, 6),
    features=st.integers(1, 4),
    behind=st.lists(st.integers(1, 3), max_size=2),
    seed=st.integers(0, 9),
)
def test_it_agrees_with_torch(assert_twins, training, batch, features, behind, seed):
    import torch

    layer = BatchNorm(features)
    rng = np.random.default_rng(seed)
    layer.running_mean, layer.running_variance = rng.standard_normal(features), 0.5 + rng.random(features)
    layer.training = training
    mean, variance = torch.tensor(layer.running_mean), torch.tensor(layer.running_variance)

    def twin(weights, x):
        arguments = (mean.clone(), variance.clone(), weights["gamma"], weights["beta"])
        return torch.nn.functional.batch_norm(x, *arguments, training=training)

    shape = (batch, features, *behind)
    assert_twins(layer, twin, shape, roundings=5 * int(np.prod(shape)) // features + 20, seed=seed)


@pytest.mark.parametrize("shape", [(4, 3), (2, 3, 5), (2, 3, 2, 2)])
def test_the_running_mean_and_variance_are_torchs(shape):
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    layer = BatchNorm(3, momentum=0.25)
    mean, variance = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    for seed in range(3):
        x = 2 + 3 * np.random.default_rng(seed).standard_normal(shape)
        layer.forward(x)
        torch.nn.functional.batch_norm(torch.tensor(x), mean, variance, training=True, momentum=0.25)
    np.testing.assert_allclose(layer.running_mean, mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(layer.running_variance, variance.numpy(), rtol=1e-12)


def test_outside_of_training_nothing_runs_along():
    layer = BatchNorm(2)
    layer.training = False
    layer.forward(np.ones((3, 2)))
    assert layer.running_mean.tolist() == [0.0, 0.0]
    assert layer.running_variance.tolist() == [1.0, 1.0]


def test_backward_belongs_to_the_mode_of_its_forward():
    layer = BatchNorm(2)
    rng = np.random.default_rng(0)
    x, y_bar = rng.standard_normal((2, 5, 2))
    layer.forward(x)
    expected = layer.backward(y_bar)
    layer.training = False
    assert np.array_equal(layer.backward(y_bar), expected)


def test_one_entry_has_no_variance_and_is_refused_in_training():
    with pytest.raises(ValueError, match=r"x \(1, 3\) has one entry per channel"):
        BatchNorm(3).forward(np.ones((1, 3)))
