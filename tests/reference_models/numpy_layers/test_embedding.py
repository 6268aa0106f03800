from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import Embedding

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=10)


def test_a_number_used_twice_is_counted_twice():
    layer = Embedding(4, 1)
    layer.forward(np.array([[3, 1], [3, 3]]))
    assert layer.backward(np.array([[[1.0], [10.0]], [[100.0], [1000.0]]])) is None
    assert layer.dW.tolist() == [[0.0], [10.0], [0.0], [1101.0]]


def test_it_is_as_wide_as_its_table():
    layer = Embedding(4, 2)
    layer.W = layer.W.astype(np.float32)
    assert layer.forward(np.array([1])).dtype == np.float32


@pytest.mark.parametrize("ids", [[0, 3], [-1, 0]])
def test_a_number_outside_the_table_is_refused(ids):
    with pytest.raises(ValueError, match=rf"ids span {min(ids)} \.\. {max(ids)}, expected 0 \.\. 2"):
        Embedding(3, 2).forward(np.array(ids))


def test_numbers_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="ids are float64, expected integers"):
        Embedding(3, 2).forward(np.array([0.0]))


@EXAMPLES
@given(
    shape=st.lists(st.integers(0, 5), max_size=3),
    sizes=st.tuples(*[st.integers(1, 4)] * 2),
    seed=st.integers(0, 99),
)
def test_it_agrees_with_torch(assert_twins, shape, sizes, seed):
    import torch

    vocab_size, features = sizes
    ids = np.random.default_rng(seed).integers(0, vocab_size, shape)

    def twin(weights):
        return torch.nn.functional.embedding(torch.tensor(ids), weights["W"])

    assert_twins(Embedding(vocab_size, features), twin, roundings=ids.size, constants=[ids], seed=seed)
