from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import Decoder, causal_mask


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("final_norm", [False, True])
def test_it_agrees_with_torch(assert_twins, torch_weights, norm_first, final_norm):
    import torch

    layer = torch.nn.TransformerDecoderLayer(4, 2, 6, 0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64)
    norm = torch.nn.LayerNorm(4, dtype=torch.float64) if final_norm else None
    module = torch.nn.TransformerDecoder(layer, 3, norm)

    def twin(weights, x, memory):
        keywords = {"tgt_mask": torch.tensor(~causal_mask(5))}
        return torch.func.functional_call(module, torch_weights(weights), (x, memory), keywords)

    decoder = Decoder(3, 4, 2, 6, norm_first=norm_first, final_norm=final_norm)
    roundings = 3 * (2 * (12 * 4 + 6 + 2 * 5 + 2 * 3) + 90) + 2 * 5
    assert_twins(decoder, twin, (2, 5, 4), (2, 3, 4), roundings=roundings, constants=[causal_mask(5)])


def test_its_layers_start_apart():
    first, second = Decoder(2, 4, 2, 3).layers
    assert not np.array_equal(first.feed_forward.first.W, second.feed_forward.first.W)


def test_no_layer_is_refused():
    with pytest.raises(ValueError, match="n_layers=0 never looks at the memory"):
        Decoder(0, 4, 2, 3)
