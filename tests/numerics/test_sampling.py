from __future__ import annotations

import zlib

import numpy as np
import pytest

from gradcheck.numerics.sampling import DECIMALS, coarse_direction, direction, gaussian, generator, seed_of


def test_the_seed_is_the_same_on_every_machine_and_in_every_run():
    assert seed_of("layers.py::Linear", 0) == zlib.crc32(b"layers.py::Linear")


def test_the_seed_differs_between_layers_and_between_global_seeds():
    seeds = {seed_of(name, seed) for name in ("a.py::A", "a.py::B", "b.py::A") for seed in range(5)}
    assert len(seeds) == 15


@pytest.mark.parametrize("seed", [-1, 0, 2**32, 2**70])
def test_any_integer_is_a_global_seed(seed):
    assert 0 <= seed_of("a.py::A", seed) < 2**32
    assert generator(seed_of("a.py::A", seed), "x").standard_normal() < 10.0


def test_every_purpose_has_a_stream_of_its_own():
    first, second = (gaussian(generator(7, purpose), (50,)) for purpose in ("cotangent 0", "cotangent 1"))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.5
    assert np.array_equal(first, gaussian(generator(7, "cotangent 0"), (50,)))


def test_draws_have_short_decimals_none_of_them_zero():
    drawn = gaussian(generator(1, "many"), (200, 100))
    assert np.array_equal(drawn, np.round(drawn, DECIMALS))
    assert np.all(drawn != 0.0)


def test_draws_are_standard_normal():
    drawn = gaussian(generator(2, "many"), (100, 100))
    assert abs(float(np.mean(drawn))) < 0.05
    assert abs(float(np.std(drawn)) - 1.0) < 0.05
    assert np.any(drawn < -2.0)
    assert np.any(drawn > 2.0)


@pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0, 4)], ids=str)
def test_a_draw_is_a_float64_array_of_the_shape_asked_for(shape):
    drawn = gaussian(generator(3, "shape"), shape)
    assert isinstance(drawn, np.ndarray)
    assert (drawn.shape, drawn.dtype) == (shape, np.float64)


def test_a_direction_carries_the_magnitude_of_what_it_moves():
    x = np.zeros((3, 4))
    unit = direction(generator(4, "d"), x, 1.0)
    assert unit.shape == x.shape
    assert np.array_equal(direction(generator(4, "d"), x, 1e6), 1e6 * unit)


def test_a_coarse_direction_is_exact_in_float32_has_no_zero_and_about_the_given_size():
    x = np.zeros((300, 700))
    drawn = coarse_direction(generator(0, "coarse"), x, 0.3)
    assert drawn.dtype == np.float32
    assert np.all(drawn != 0.0)
    assert 0.2 < np.sqrt(np.mean(np.square(drawn))) < 0.45
    wide = drawn.astype(np.float64)
    unit = np.min(np.abs(wide))
    assert np.array_equal(wide / unit, np.round(wide / unit))
