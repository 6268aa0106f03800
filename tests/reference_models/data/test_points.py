"""Clouds, exclusive or, spirals and digits: what is drawn is what was promised."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference_models.data.clouds import DISTANCE, clouds
from reference_models.data.digits import SIZE, digits, glyphs
from reference_models.data.spirals import TURNS, spirals
from reference_models.data.xor import MARGIN, mirrored_xor, xor


@pytest.mark.parametrize("draw", [clouds, xor, mirrored_xor, spirals, digits], ids=lambda draw: draw.__name__)
def test_a_seed_gives_the_same_sample_and_another_seed_another(draw):
    x, t = draw(40, seed=1)
    again, t_again = draw(40, seed=1)
    other, _ = draw(40, seed=2)
    assert len(x) == len(t) == 40
    assert np.array_equal(x, again)
    assert np.array_equal(t, t_again)
    assert not np.array_equal(x, other)


def test_the_best_line_between_the_clouds_is_as_good_as_their_distance_says():
    x, t = clouds(100_000)
    right = np.mean((x.sum(axis=1) > 0) == t)
    expected = 0.5 * math.erfc(-DISTANCE / 2 / math.sqrt(2))
    assert right == pytest.approx(expected, abs=0.002)


def test_exclusive_or_keeps_off_the_axes_and_says_where_signs_differ():
    x, t = xor(2000)
    assert np.abs(x).min() >= MARGIN
    assert np.array_equal(t == 1, np.sign(x[:, 0]) != np.sign(x[:, 1]))
    assert 0.45 < t.mean() < 0.55


def test_every_line_through_the_middle_is_wrong_for_half_of_the_mirrored_points():
    x, t = mirrored_xor(400)
    for angle in np.linspace(0, np.pi, 50):
        answers = x @ [np.cos(angle), np.sin(angle)] > 0
        assert np.mean(answers == t) == 0.5


def test_the_arms_of_the_spirals_are_apart():
    x, t = spirals(3000)
    radius = np.linalg.norm(x, axis=1)
    turned = np.angle(np.exp(1j * (2 * np.pi * TURNS * radius + np.pi * t - np.arctan2(x[:, 1], x[:, 0]))))
    outer = radius > 0.3
    assert np.abs(turned[outer]).max() < np.pi / 2


def test_each_digit_is_nearest_to_its_own_glyph_more_often_than_not():
    x, t = digits(1000, seed=3)
    assert x.shape == (1000, 1, SIZE, SIZE)
    assert sorted(set(t.tolist())) == list(range(10))
    page = np.zeros((10, SIZE, SIZE))
    page[:, :7, 1:6] = glyphs()
    scores = np.max(
        [
            np.einsum("nij,kij->nk", x[:, 0], np.roll(page, shift, axis=(1, 2))) / np.linalg.norm(page, axis=(1, 2))
            for shift in [(0, 0), (0, 1), (1, 0), (1, 1)]
        ],
        axis=0,
    )
    assert np.mean(scores.argmax(axis=1) == t) > 0.5


def test_the_glyphs_differ_from_one_another():
    flat = glyphs().reshape(10, -1)
    assert len({tuple(glyph) for glyph in flat}) == 10
