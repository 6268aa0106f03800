"""The same model, from the same seed, on the same batches: in NumPy, on the tape and in torch one loss curve."""

from __future__ import annotations

import math

import numpy as np
import pytest

import reference_models.gpt
import reference_models.mlp
import reference_models.transformer
from reference_models.data.transduction import PADDING, Order, Transduction
from reference_models.numpy_layers import CrossEntropy
from reference_models.numpy_layers.sinusoidal_encoding import sinusoids
from reference_models.optimizers import Adam
from reference_models.tape.functions import cross_entropy
from reference_models.tape.modules.gpt import GPT
from reference_models.tape.modules.mlp import MLP
from reference_models.tape.modules.transformer import Transformer
from reference_models.tape.tensor import Tensor

STEPS = 20
ALLOWED = 1e-8  # of the loss, after as many steps as there are for rounding to grow in
D_MODEL, HEADS, LAYERS, D_FF = 16, 2, 2, 32
LEARNING_RATE = 3e-3


def pairs():
    data = Transduction(Order.COPY, symbols=8, length=(3, 6), seed=1)
    return [data.get_batch(8) for _ in range(STEPS)]


def numpy_curve(model, batches):
    loss, optimizer = CrossEntropy(), Adam(model.parameters(), learning_rate=LEARNING_RATE)
    curve = []
    for inputs, targets in batches:
        curve.append(float(loss.forward(model.forward(*inputs), targets)))
        model.backward(loss.backward())
        optimizer.step(model.gradients())
    return np.array(curve)


def tape_curve(model, batches):
    optimizer = Adam(model.parameters(), learning_rate=LEARNING_RATE)
    curve = []
    for inputs, targets in batches:
        loss = cross_entropy(model.forward(*inputs), targets)
        model.zero_grad()
        loss.backward()
        optimizer.step(model.gradients())
        curve.append(loss.item())
    return np.array(curve)


def assert_one_curve_that_falls(one, other):
    assert np.abs(one - other).max() <= ALLOWED
    assert other[-1] < 0.9 * other[0]


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("padding", [None, PADDING])
def test_the_transformer_on_the_tape_learns_as_the_one_written_by_hand(norm_first, padding):
    options = {"padding": padding, "norm_first": norm_first, "seed": 3}
    sizes = (11, D_MODEL, HEADS, LAYERS, D_FF)
    batches = [((batch.source, batch.seen), batch.said) for batch in pairs()]
    assert_one_curve_that_falls(
        tape_curve(Transformer(*sizes, **options), batches),
        numpy_curve(reference_models.transformer.Transformer(*sizes, **options), batches),
    )


@pytest.mark.parametrize("tied", [True, False])
def test_the_gpt_on_the_tape_learns_as_the_one_written_by_hand(tied):
    sizes = (11, D_MODEL, HEADS, LAYERS, D_FF, 7)
    batches = [((batch.seen,), batch.said) for batch in pairs()]
    assert_one_curve_that_falls(
        tape_curve(GPT(*sizes, tied=tied, seed=3), batches),
        numpy_curve(reference_models.gpt.GPT(*sizes, tied=tied, seed=3), batches),
    )


def test_the_mlp_on_the_tape_learns_as_the_one_written_by_hand():
    rng = np.random.default_rng(2)
    x, t = rng.standard_normal((STEPS, 32, 2)), rng.integers(0, 3, (STEPS, 32))
    t[...] = (x[..., 0] > 0) + (x[..., 1] > 0)
    batches = [((one,), other) for one, other in zip(x, t, strict=True)]
    tensors = [((Tensor(one),), other) for one, other in zip(x, t, strict=True)]
    assert_one_curve_that_falls(
        tape_curve(MLP([2, 16, 3], seed=3), tensors),
        numpy_curve(reference_models.mlp.MLP([2, 16, 3], seed=3), batches),
    )


@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")  # torch.nn.Transformer leaves no choice
@pytest.mark.parametrize("norm_first", [False, True])
def test_the_transformer_in_torch_learns_as_the_one_on_the_tape(torch_weights, norm_first):
    torch = pytest.importorskip("torch", reason="torch is not installed, nothing to compare with")
    model = Transformer(11, D_MODEL, HEADS, LAYERS, D_FF, norm_first=norm_first, seed=3)
    leaves = {name: torch.tensor(array, requires_grad=True) for name, array in model.parameters().items()}
    module = torch.nn.Transformer(
        D_MODEL, HEADS, LAYERS, LAYERS, D_FF, 0.0, norm_first=norm_first, batch_first=True, dtype=torch.float64
    )
    optimizer = torch.optim.Adam(leaves.values(), lr=LEARNING_RATE)

    def embedded(table, ids):
        waves = torch.tensor(sinusoids(ids.shape[1], D_MODEL))
        return torch.nn.functional.embedding(torch.tensor(ids), table) * math.sqrt(D_MODEL) + waves

    def logits(source, seen):
        mapped = {}
        for half in ("encoder", "decoder"):
            ours = {name.removeprefix(f"{half}."): leaf for name, leaf in leaves.items() if name.startswith(half)}
            mapped |= {f"{half}.{name}": leaf for name, leaf in torch_weights(ours).items()}
        arguments = (embedded(leaves["source_embedding.W"], source), embedded(leaves["target_embedding.W"], seen))
        later = torch.tensor(~np.tri(seen.shape[1], dtype=bool))
        answer = torch.func.functional_call(module, mapped, arguments, {"tgt_mask": later})
        return answer @ leaves["output.W"] + leaves["output.b"]

    batches = pairs()
    curve = []
    for batch in batches:
        answer = logits(batch.source, batch.seen).reshape(-1, 11)
        loss = torch.nn.functional.cross_entropy(answer, torch.tensor(batch.said).reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
    own = tape_curve(model, [((batch.source, batch.seen), batch.said) for batch in batches])
    assert_one_curve_that_falls(own, np.array(curve))
