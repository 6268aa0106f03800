from __future__ import annotations

import numpy as np
import pytest

from reference_models.gpt import GPT

IDS = np.array([[3, 3, 1, 4], [2, 5, 6, 0]])


def small(**keywords):
    return GPT(vocab_size=7, d_model=4, n_heads=2, n_layers=2, d_ff=6, max_length=5, **keywords)


@pytest.mark.parametrize("tied", [False, True])
def test_it_agrees_with_torch_and_a_tied_table_gets_the_sum_of_both_uses(assert_twins, torch_weights, tied):
    import torch

    layer = torch.nn.TransformerEncoderLayer(
        4, 2, 6, 0.0, torch.nn.GELU("tanh"), norm_first=True, batch_first=True, dtype=torch.float64
    )
    norm = torch.nn.LayerNorm(4, dtype=torch.float64)
    module = torch.nn.TransformerEncoder(layer, 2, norm, enable_nested_tensor=False)

    def twin(weights):
        ours = {name.removeprefix("layers."): leaf for name, leaf in weights.items() if name.startswith("layers.")}
        table = weights["token_embedding.W"]
        x = torch.nn.functional.embedding(torch.tensor(IDS), table) + weights["positions.W"][: IDS.shape[1]]
        mask = {"mask": torch.tensor(~np.tri(IDS.shape[1], dtype=bool))}
        h = torch.func.functional_call(module, torch_weights(ours), (x,), mask)
        return h @ (table.T if tied else weights["output.W"])

    roundings = 2 * (2 * (8 * 4 + 6 + 2 * 4) + 60) + IDS.size + 2 * 4
    assert_twins(small(tied=tied), twin, roundings=roundings, constants=[IDS])


def test_what_comes_later_changes_nothing():
    later = IDS.copy()
    later[:, 3] = 1
    model = small()
    np.testing.assert_array_equal(model.forward(IDS)[:, :3], model.forward(later)[:, :3])


def test_a_tied_table_is_one_parameter_and_a_step_on_it_moves_both_uses():
    model = small()
    assert "output.W" not in model.parameters()
    before = model.forward(IDS)
    model.parameters()["token_embedding.W"][6] += 1.0  # stands at no position that the first row sees
    assert not np.array_equal(model.forward(IDS)[0, :, 6], before[0, :, 6])


def test_a_sequence_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="6 positions, expected at most max_length=5"):
        small().forward(np.zeros((1, 6), int))
