from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import ScaledDotProductAttention

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=8)


def test_by_hand():
    """Scores (log 3, 0), weights (3/4, 1/4), y = 3/4 * 4 = 3; P (dP - mean) = (3/4 * 4 - 9/4, -3/4) = (3/4, -3/4)."""
    layer = ScaledDotProductAttention()
    query, key, value = np.array([[math.log(3)]]), np.array([[1.0], [0.0]]), np.array([[4.0], [0.0]])
    np.testing.assert_allclose(layer.forward(query, key, value), [[3.0]], rtol=1e-15)
    query_bar, key_bar, value_bar = layer.backward(np.array([[1.0]]))
    np.testing.assert_allclose(query_bar, [[0.75]], rtol=1e-14)
    np.testing.assert_allclose(key_bar, [[0.75 * math.log(3)], [-0.75 * math.log(3)]], rtol=1e-14)
    np.testing.assert_allclose(value_bar, [[0.75], [0.25]], rtol=1e-15)


def test_large_scores_do_not_overflow():
    layer = ScaledDotProductAttention()
    y = layer.forward(np.array([[1e3]]), np.array([[1e3], [-1e3]]), np.array([[5.0], [6.0]]))
    assert y.tolist() == [[5.0]]


def test_a_position_that_may_attend_to_none_answers_zero_and_lets_no_gradient_through():
    layer = ScaledDotProductAttention()
    rng = np.random.default_rng(0)
    query, key, value = (rng.standard_normal((2, 3)) for _ in range(3))
    y = layer.forward(query, key, value, np.array([[False, False], [True, True]]))
    assert y[0].tolist() == [0.0, 0.0, 0.0]
    query_bar, key_bar, value_bar = layer.backward(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
    assert not query_bar.any()
    assert not key_bar.any()
    assert not value_bar.any()


@pytest.mark.parametrize("masking", ["none", "random", "per batch"])
@EXAMPLES
@given(sizes=st.tuples(*[st.integers(1, 5)] * 5), leading=st.sampled_from([(), (1,), (2, 3)]))
def test_it_agrees_with_torch(assert_twins, masking, sizes, leading):
    import torch

    length, keys, features, out_features, seed = sizes
    mask = None
    if masking != "none":
        shape = (length, keys) if masking == "random" else (*leading[:1], *[1] * len(leading[1:]), length, keys)
        # Every query keeps its first key: torch's own answer to none at all depends on its version.
        mask = (np.random.default_rng(seed).random(shape) < 0.5) | (np.arange(keys) == 0)

    def twin(weights, query, key, value):
        del weights
        allowed = None if mask is None else torch.tensor(mask)
        return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=allowed)

    shapes = [(*leading, length, features), (*leading, keys, features), (*leading, keys, out_features)]
    roundings = 2 * (features + keys + out_features + length) + 20
    assert_twins(ScaledDotProductAttention(), twin, *shapes, roundings=roundings, constants=[mask], seed=seed)
