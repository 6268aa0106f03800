from __future__ import annotations

import numpy as np
import pytest

from reference_models.data.transduction import BEGIN, END, PADDING, SPECIAL, Order, Transduction


@pytest.mark.parametrize("order", Order)
def test_what_is_said_is_the_source_in_its_order_and_the_end(order):
    pairs = Transduction(order, symbols=6, length=(1, 5), seed=2).get_batch(50)
    for source, seen, said in zip(pairs.source, pairs.seen, pairs.said, strict=True):
        tokens = source[source != PADDING].tolist()
        written = tokens[::-1] if order is Order.REVERSE else tokens
        padding = [PADDING] * (5 - len(tokens))
        assert said.tolist() == [*written, END, *padding]
        assert seen.tolist() == [BEGIN, *written, *padding]
    lengths = (pairs.source != PADDING).sum(axis=1)
    assert set(lengths.tolist()) == {1, 2, 3, 4, 5}


def test_one_length_leaves_no_padding():
    pairs = Transduction(Order.COPY, symbols=6, length=4).get_batch(10)
    assert pairs.source.shape == (10, 4)
    assert pairs.source.min() >= SPECIAL
    assert not np.any(pairs.said == PADDING)
