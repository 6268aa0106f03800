from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Encoder, causal_mask


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("final_norm", [False, True])
def test_it_agrees_with_torch(assert_twins, torch_weights, norm_first, final_norm):
    import torch

    layer = torch.nn.TransformerEncoderLayer(4, 2, 6, 0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64)
    norm = torch.nn.LayerNorm(4, dtype=torch.float64) if final_norm else None
    module = torch.nn.TransformerEncoder(layer, 3, norm, enable_nested_tensor=False)

    def twin(weights, x):
        return torch.func.functional_call(module, torch_weights(weights), (x,), {"mask": torch.tensor(~causal_mask(5))})

    encoder = Encoder(3, 4, 2, 6, norm_first=norm_first, final_norm=final_norm)
    roundings = 3 * (2 * (8 * 4 + 6 + 2 * 5) + 60) + 2 * 5
    assert_twins(encoder, twin, (2, 5, 4), roundings=roundings, constants=[causal_mask(5)])


def test_its_layers_start_apart_and_the_seed_decides():
    first, second = Encoder(2, 4, 2, 3).layers
    assert not np.array_equal(first.feed_forward.first.W, second.feed_forward.first.W)
    assert np.array_equal(Encoder(2, 4, 2, 3).layers[1].feed_forward.first.W, second.feed_forward.first.W)


def test_fourteen_layers_have_forty_four_million_parameters():
    """Per layer 4 (512^2 + 512) of attention, 2 * 512 * 2048 + 2048 + 512 of the network, 4 * 512 of normalisation."""
    one = Encoder(1, 512, 8, 2048)
    assert 14 * sum(array.size for array in one.parameters().values()) == 44_133_376
