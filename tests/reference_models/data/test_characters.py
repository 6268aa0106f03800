from __future__ import annotations

import numpy as np
import pytest

from reference_models.data.characters import CORPUS, Characters


def test_the_numbers_are_the_text():
    data = Characters()
    assert data.decode(data.ids) == CORPUS.read_text(encoding="utf-8")
    assert np.array_equal(np.concatenate([data.training, data.held_out]), data.ids)


def test_a_piece_is_of_the_training_text_with_what_comes_next():
    data = Characters(seed=1)
    x, y = data.get_batch(20, 30)
    training = data.decode(data.training)
    for before, after in zip(x, y, strict=True):
        assert data.decode([*before, after[-1]]) in training
    assert np.array_equal(x[:, 1:], y[:, :-1])


def test_one_who_counts_pairs_is_less_surprised_than_one_who_knows_nothing():
    data = Characters()
    assert 2.0 < data.pair_entropy() < np.log(len(data.alphabet))


def test_the_surprise_of_counted_pairs_by_hand():
    data = Characters()
    data.alphabet = ["a", "b"]
    data.training, data.held_out = np.array([0, 1, 0, 1, 0]), np.array([0, 1, 1])
    # After a: a never and b twice, with one added 1/4 and 3/4; after b: a twice, 3/4 and 1/4.
    assert data.pair_entropy() == pytest.approx(-(np.log(3 / 4) + np.log(1 / 4)) / 2)
