from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import EncoderLayer, causal_mask

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=4)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@EXAMPLES
@given(
    sizes=st.tuples(*[st.integers(1, 4)] * 2),
    widths=st.sampled_from([(4, 2, 6), (6, 3, 4), (4, 1, 1)]),
    is_causal=st.booleans(),
)
def test_it_agrees_with_torch(assert_twins, torch_weights, norm_first, activation, sizes, widths, is_causal):
    import torch

    (batch, length), (d_model, n_heads, d_ff) = sizes, widths
    module = torch.nn.TransformerEncoderLayer(
        d_model, n_heads, d_ff, 0.0, activation, norm_first=norm_first, batch_first=True, dtype=torch.float64
    )
    mask = causal_mask(length) if is_causal else None

    def twin(weights, x):
        forbidden = None if mask is None else torch.tensor(~mask)
        return torch.func.functional_call(module, torch_weights(weights), (x,), {"src_mask": forbidden})

    layer = EncoderLayer(d_model, n_heads, d_ff, norm_first=norm_first, activation=activation)
    roundings = 2 * (8 * d_model + d_ff + 2 * length) + batch * length + 60
    assert_twins(layer, twin, (batch, length, d_model), roundings=roundings, constants=[mask])


def test_without_its_two_parts_the_pre_norm_layer_hands_everything_through():
    layer = EncoderLayer(4, 2, 3, norm_first=True)
    for name, array in layer.parameters().items():
        if name.startswith(("attention.output_projection", "feed_forward.second")):
            array[...] = 0.0
    x, y_bar = np.random.default_rng(0).standard_normal((2, 1, 3, 4))
    assert np.array_equal(layer.forward(x), x)
    assert np.array_equal(layer.backward(y_bar), y_bar)


def test_dropout_forgets_the_same_entries_on_the_way_back():
    layer = EncoderLayer(4, 2, 3, norm_first=True, dropout=0.5)
    x, y_bar = np.random.default_rng(0).standard_normal((2, 2, 3, 4))
    layer.forward(x)
    layer.backward(y_bar)
    kept = layer.feed_forward_residual.dropout.scale
    np.testing.assert_array_equal(layer.feed_forward.second.db, (kept * y_bar).reshape(-1, 4).sum(axis=0))
