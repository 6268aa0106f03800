from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.numpy_layers.sinusoidal_encoding import sinusoids
from reference_models.parameters import set_training
from reference_models.transformer import Transformer

PADDING = 0
SOURCE = np.array([[3, 3, 1, 4, 0], [2, 5, 6, 0, 0], [1, 2, 3, 4, 5]])
TARGET = np.array([[6, 6, 2], [1, 0, 0], [4, 5, 0]])


def small(**keywords):
    return Transformer(vocab_size=7, d_model=4, n_heads=2, n_layers=2, d_ff=6, **keywords)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")  # torch.nn.Transformer leaves no choice
@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("padding", [None, PADDING])
def test_it_agrees_with_torch(assert_twins, torch_weights, norm_first, padding):
    import torch

    module = torch.nn.Transformer(4, 2, 2, 2, 6, 0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64)
    source, target = torch.tensor(SOURCE), torch.tensor(TARGET)
    keywords = {"tgt_mask": torch.tensor(~np.tri(3, dtype=bool))}
    if padding is not None:
        keywords |= {"src_key_padding_mask": source == padding, "memory_key_padding_mask": source == padding}
        keywords |= {"tgt_key_padding_mask": target == padding}

    def embedded(table, ids):
        return torch.nn.functional.embedding(ids, table) * math.sqrt(4) + torch.tensor(sinusoids(ids.shape[1], 4))

    def twin(weights):
        mapped = {}
        for half in ("encoder", "decoder"):
            ours = {name.removeprefix(f"{half}."): leaf for name, leaf in weights.items() if name.startswith(half)}
            mapped |= {f"{half}.{name}": leaf for name, leaf in torch_weights(ours).items()}
        arguments = (
            embedded(weights["source_embedding.W"], source),
            embedded(weights["target_embedding.W"], target),
        )
        answer = torch.func.functional_call(module, mapped, arguments, keywords)
        return answer @ weights["output.W"] + weights["output.b"]

    # Of two stacks of two layers, as counted in the tests of encoder and decoder, and of the output.
    roundings = 2 * (2 * (20 * 4 + 2 * 6 + 4 * 8) + 150) + 3 * 5 + 4
    model = small(norm_first=norm_first, padding=padding)
    assert_twins(model, twin, roundings=roundings, constants=[SOURCE, TARGET])


def test_what_comes_later_in_the_target_changes_nothing():
    model = small()
    later = TARGET.copy()
    later[:, 2] = 3
    np.testing.assert_array_equal(model.forward(SOURCE, TARGET)[:, :2], model.forward(SOURCE, later)[:, :2])


def test_the_length_of_the_padding_changes_nothing():
    model = small(padding=PADDING)
    longer = np.pad(SOURCE, ((0, 0), (0, 4)))
    np.testing.assert_allclose(model.forward(SOURCE, TARGET), model.forward(longer, TARGET), rtol=1e-12)


def test_with_dropout_the_loss_is_another_each_time_and_outside_of_training_the_same():
    model = small(dropout=0.3)
    assert not np.array_equal(model.forward(SOURCE, TARGET), model.forward(SOURCE, TARGET))
    set_training(model, training=False)
    np.testing.assert_array_equal(model.forward(SOURCE, TARGET), small().forward(SOURCE, TARGET))


def test_in_float32_everything_is_float32():
    model = small(dtype=np.float32, dropout=0.1)
    logits = model.forward(SOURCE, TARGET)
    model.backward(np.ones_like(logits))
    arrays = [logits, *model.parameters().values(), *model.gradients().values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_at_its_full_size_it_has_forty_four_million_parameters_and_runs_forward_and_backward():
    model = Transformer(vocab_size=290, d_model=512, n_heads=8, n_layers=6, d_ff=2048, dtype=np.float32)
    assert sum(array.size for array in model.parameters().values()) == 44_586_274
    logits = model.forward(np.array([[1, 2, 3]]), np.array([[4, 5]]))
    model.backward(np.ones_like(logits))
    assert logits.shape == (1, 2, 290)
    assert all(np.isfinite(gradient).all() and gradient.any() for gradient in model.gradients().values())
