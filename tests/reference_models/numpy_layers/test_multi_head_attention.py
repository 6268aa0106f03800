from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import MultiHeadAttention, causal_mask, padding_mask

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=5)


def test_one_head_with_projections_of_one_is_plain_attention():
    """Equal keys: the mean of the values 1 and 3, for each feature."""
    layer = MultiHeadAttention(2, 1)
    for name, array in layer.parameters().items():
        array[...] = np.eye(2) if name.endswith("W") else 0.0
    query, key, value = np.ones((1, 1, 2)), np.ones((1, 2, 2)), np.array([[[1.0, 5.0], [3.0, 7.0]]])
    assert layer.forward(query, key, value).tolist() == [[[2.0, 6.0]]]
    assert layer.backward(np.array([[[10.0, 20.0]]]))[2].tolist() == [[[5.0, 10.0], [5.0, 10.0]]]


def test_heads_that_do_not_divide_the_features_are_refused():
    with pytest.raises(ValueError, match="d_model=6 cannot be shared among n_heads=4, expected a multiple"):
        MultiHeadAttention(6, 4)


def test_no_two_projections_start_equal():
    weights = [array for name, array in MultiHeadAttention(4, 2).parameters().items() if name.endswith("W")]
    assert len({array.tobytes() for array in weights}) == 4


def mask_of(kind, batch, length, keys):
    """Padding leaves one token at least."""
    is_token = np.arange(keys) < np.arange(1, batch + 1)[:, np.newaxis]
    masks = {
        "none": None,
        "padding": padding_mask(is_token),
        "causal": np.tri(length, keys, dtype=bool),
        "combined": padding_mask(is_token) & np.tri(length, keys, dtype=bool),
    }
    return masks[kind]


def twin_of(d_model, n_heads, mask, *, bias):
    """Torch's own layer, with the weights given; its mask is True where attention is not allowed, one per head."""
    import torch

    module = torch.nn.MultiheadAttention(d_model, n_heads, bias=bias, batch_first=True, dtype=torch.float64)
    names = ["query_projection", "key_projection", "value_projection"]

    def twin(weights, query, key, value):
        mapped = {
            "in_proj_weight": torch.cat([weights[f"{name}.W"].T for name in names]),
            "out_proj.weight": weights["output_projection.W"].T,
        }
        if bias:
            mapped["in_proj_bias"] = torch.cat([weights[f"{name}.b"] for name in names])
            mapped["out_proj.bias"] = weights["output_projection.b"]
        forbidden = None
        if mask is not None:
            whole = np.broadcast_to(mask, (len(query), query.shape[1], key.shape[1]))
            forbidden = torch.tensor(~np.repeat(whole, n_heads, axis=0))
        keywords = {"attn_mask": forbidden, "need_weights": False}
        return torch.func.functional_call(module, mapped, (query, key, value), keywords)[0]

    return twin


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", ["none", "padding", "causal", "combined"])
@EXAMPLES
@given(sizes=st.tuples(*[st.integers(1, 4)] * 3), heads=st.sampled_from([(4, 1), (4, 2), (6, 3), (3, 3)]))
def test_it_agrees_with_torch_on_keys_of_another_length(assert_twins, kind, bias, sizes, heads):
    batch, length, keys = sizes
    d_model, n_heads = heads
    mask = mask_of(kind, batch, length, keys)
    layer, twin = MultiHeadAttention(d_model, n_heads, bias=bias), twin_of(d_model, n_heads, mask, bias=bias)
    shapes = [(batch, length, d_model), (batch, keys, d_model), (batch, keys, d_model)]
    roundings = 2 * (3 * d_model + keys + length) + batch * max(keys, length) + 20
    assert_twins(layer, twin, *shapes, roundings=roundings, constants=[mask])


def test_the_gradient_of_self_attention_is_the_sum_of_the_three():
    import torch

    x, y_bar = np.random.default_rng(1).standard_normal((2, 2, 3, 4))
    layer = MultiHeadAttention(4, 2)
    y = layer.forward(x, x, x, causal_mask(3))
    weights = {name: torch.tensor(array) for name, array in layer.parameters().items()}
    tensor = torch.tensor(x, requires_grad=True)
    expected = twin_of(4, 2, causal_mask(3), bias=True)(weights, tensor, tensor, tensor)
    expected.backward(torch.tensor(y_bar))
    np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(sum(layer.backward(y_bar)), tensor.grad.numpy(), rtol=1e-12, atol=1e-14)
