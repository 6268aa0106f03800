from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import DecoderLayer, causal_mask

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=6)


@pytest.mark.parametrize("norm_first", [False, True])
@EXAMPLES
@given(
    sizes=st.tuples(*[st.integers(1, 4)] * 3), widths=st.sampled_from([(4, 2, 6), (6, 3, 4)]), is_masked=st.booleans()
)
def test_it_agrees_with_torch(assert_twins, torch_weights, norm_first, sizes, widths, is_masked):
    import torch

    (batch, length, keys), (d_model, n_heads, d_ff) = sizes, widths
    module = torch.nn.TransformerDecoderLayer(
        d_model, n_heads, d_ff, 0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64
    )
    masks = [causal_mask(length), np.tri(length, keys, dtype=bool)] if is_masked else [None, None]

    def twin(weights, x, memory):
        names = ["tgt_mask", "memory_mask"]
        keywords = {name: torch.tensor(~mask) for name, mask in zip(names, masks, strict=True) if mask is not None}
        return torch.func.functional_call(module, torch_weights(weights), (x, memory), keywords)

    layer = DecoderLayer(d_model, n_heads, d_ff, norm_first=norm_first)
    shapes = [(batch, length, d_model), (batch, keys, d_model)]
    roundings = 2 * (12 * d_model + d_ff + 2 * length + 2 * keys) + batch * max(length, keys) + 90
    assert_twins(layer, twin, *shapes, roundings=roundings, constants=masks)


def test_the_memory_that_is_masked_has_no_gradient():
    layer = DecoderLayer(4, 2, 3)
    rng = np.random.default_rng(0)
    layer.forward(rng.standard_normal((1, 2, 4)), rng.standard_normal((1, 3, 4)), None, np.array([[True, True, False]]))
    memory_bar = layer.backward(rng.standard_normal((1, 2, 4)))[1]
    assert not memory_bar[0, 2].any()
    assert memory_bar[0, :2].all()
