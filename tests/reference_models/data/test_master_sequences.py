from __future__ import annotations

import numpy as np
import pytest

from reference_models.data.master_sequences import Encoding, MasterSequences, Question, generated_masters

MASTERS = [[0, 1, 2, 3, 4, 0, 1], [4, 3, 2, 1, 0, 4]]


def sequences(**options):
    return MasterSequences(**{"vocabulary_size": 5, "sample_length": 3, "masters": MASTERS} | options)


def test_every_sample_is_a_piece_of_a_master_and_its_answers_are_what_comes_next():
    x, y = sequences().get_batch(100)
    pieces = {tuple(master[start : start + 4]) for master in MASTERS for start in range(len(master) - 3)}
    assert {(*row, following[-1]) for row, following in zip(x.tolist(), y.tolist(), strict=True)} == pieces
    assert np.array_equal(x[:, 1:], y[:, :-1])


def test_classification_asks_which_master_it_was():
    x, y = sequences(question=Question.MASTER).get_batch(50)
    assert x.shape == (50, 3)
    rising = (x[:, 1] - x[:, 0]) % 5 == 1
    assert np.array_equal(y, np.where(rising, 0, 1))


def test_one_hot_rows_have_their_one_at_the_token():
    ids, _ = sequences(seed=3).get_batch(6)
    x, _ = sequences(seed=3, encoding=Encoding.ONE_HOT).get_batch(6)
    assert x.shape == (6, 3, 5)
    assert np.array_equal(x.argmax(axis=-1), ids)
    assert np.array_equal(x.sum(axis=-1), np.ones((6, 3)))


def test_embedded_tokens_are_rows_of_one_table():
    ids, _ = sequences(seed=3).get_batch(6)
    data = sequences(seed=3, encoding=Encoding.EMBEDDED, embedding_size=4)
    x, _ = data.get_batch(6)
    assert np.array_equal(x, data.table[ids])
    assert data.table.shape == (5, 4)


def test_without_masters_every_token_is_drawn_at_random():
    data = sequences(masters=None)
    x, y = data.get_batch(2000)
    assert np.bincount(x.reshape(-1), minlength=5).min() > 1000
    assert data.entropy_bound() == pytest.approx(np.log(5))
    assert y.shape == (2000, 3)
    assert "random tokens over 5" in data.inspect()
    assert "random sample:" in data.inspect()


@pytest.mark.parametrize(("length", "allowed"), [(7, {7}), ((5, 8), {5, 6, 7, 8})])
def test_generated_masters_have_the_lengths_asked_for(length, allowed):
    masters = generated_masters(200, length, vocabulary_size=3)
    assert {len(master) for master in masters} == allowed
    assert {int(token) for master in masters for token in master} == {0, 1, 2}


def test_one_master_without_a_repetition_leaves_nothing_to_guess():
    assert sequences(masters=[[0, 1, 2, 3, 4]]).entropy_bound() == 0


def test_the_bound_of_two_equally_probable_answers_is_log_2():
    data = sequences(sample_length=1, masters=[[0, 1], [0, 2]])
    assert data.entropy_bound() == pytest.approx(np.log(2))
    asked = sequences(sample_length=1, masters=[[0, 1], [0, 2]], question=Question.MASTER)
    assert asked.entropy_bound() == pytest.approx(np.log(2))


def test_the_bound_is_averaged_over_the_places_of_a_sample():
    # After the first token two answers, after the second one.
    data = sequences(sample_length=2, masters=[[0, 1, 2], [0, 2, 1]])
    assert data.entropy_bound() == pytest.approx(np.log(2) / 2)


def test_every_window_has_its_probability():
    windows = sequences().every_window()
    assert len(windows) == 4 + 3
    assert sum(window.probability for window in windows) == pytest.approx(1)
    assert windows[0].probability == pytest.approx(1 / 8)


def test_inspecting_names_masters_samples_and_answers():
    text = sequences(question=Question.MASTER, encoding=Encoding.ONE_HOT).inspect(2)
    first, second, *rest = text.splitlines()
    assert first == "2 master sequences over 5 tokens, samples of 3 as one-hot"
    assert second == "asked for the master, at best 0.000 nats per answer"
    assert rest[0] == "master 0, 7 tokens: 0 1 2 3 4 0 1"
    assert len(rest) == 2 + 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"masters": [[0, 1, 2]]}, "master 0 has 3 tokens, expected more than sample_length=3"),
        ({"masters": [[0, 1, 2, 5]]}, r"master 0 spans 0 \.\. 5, expected 0 \.\. 4"),
        ({"masters": []}, "masters is empty"),
        ({"masters": None, "question": Question.MASTER}, "random tokens have no master"),
    ],
    ids=["too short", "unknown token", "empty", "no master"],
)
def test_what_cannot_be_sampled_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        sequences(**options)
