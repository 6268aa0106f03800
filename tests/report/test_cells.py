"""Maps of arrays: every entry of a small one, the worst entry of every block of a large one."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradcheck.report.cells import MOST_ACROSS, MOST_CELLS, cells, decoded


def part(maps, name: str) -> np.ndarray:
    return decoded(maps)[name]


@pytest.mark.parametrize(
    ("shape", "rows", "columns", "slices"),
    [((), 1, 1, 1), ((7,), 1, 7, 1), ((3, 5), 3, 5, 1), ((2, 3, 4), 3, 4, 2), ((2, 2, 3, 4), 3, 4, 4)],
)
def test_a_small_array_is_kept_entry_by_entry(build, shape, rows, columns, slices):
    expected = np.arange(math.prod(shape), dtype=float).reshape(shape)
    maps = cells(build.evidence(expected, expected + 0.5))
    assert (maps.rows, maps.columns, len(maps.slices), maps.total) == (rows, columns, slices, slices)
    assert not maps.pooled
    assert np.array_equal(part(maps, "expected").ravel(), expected.ravel())
    assert np.all(part(maps, "error") == 0.5)
    assert maps.slices[-1] == [size - 1 for size in shape[:-2]]


def test_one_wrong_entry_of_a_million_is_in_a_cell_that_knows_where_it_lies(build):
    expected = np.ones((1000, 1000))
    actual = expected + 1e-14
    actual[617, 303] += 1e-6
    maps = cells(build.evidence(expected, actual))
    assert max(maps.rows, maps.columns) <= MOST_ACROSS
    error, entries = part(maps, "error")[0], part(maps, "entries")[0]
    row, column = np.unravel_index(error.argmax(), error.shape)
    assert divmod(int(entries[row, column]), 1000) == (617, 303)
    assert np.count_nonzero(error > 1e-12) == 1
    assert len(maps.arrays) < 100_000


@pytest.mark.parametrize("height", [129, 130, 255, 256, 257, 1000])
def test_every_block_shows_an_entry_of_its_own(build, height):
    expected = np.arange(height * 3.0).reshape(height, 3)
    maps = cells(build.evidence(expected, expected + 1.0))
    tall = -(-height // maps.rows)
    rows = part(maps, "entries")[0] // 3
    assert np.array_equal(rows[:, 0] // tall, np.arange(maps.rows))
    assert np.array_equal(part(maps, "expected")[0], expected.ravel()[part(maps, "entries")[0]])


def test_of_many_slices_the_worst_are_kept_in_their_order(build):
    expected = np.ones((200, 128, 16))
    actual = expected.copy()
    actual[[150, 20], 3, 4] = 2.0
    maps = cells(build.evidence(expected, actual))
    assert maps.total == 200
    assert len(maps.slices) * maps.rows * maps.columns <= MOST_CELLS
    assert [20] in maps.slices
    assert [150] in maps.slices
    assert maps.slices == sorted(maps.slices)


def test_what_is_not_a_number_is_worse_than_any_error(build):
    expected = np.ones((256, 256))
    actual = expected.copy()
    actual[0, 0], actual[1, 1] = 1e30, np.nan
    maps = cells(build.evidence(expected, actual))
    assert np.isnan(part(maps, "actual")[0, 0, 0])
    assert part(maps, "entries")[0, 0, 0] == 257


def test_an_entry_that_was_not_compared_is_never_the_worst(build):
    expected, allowed = np.ones((256, 256)), np.full((256, 256), 1e-12)
    expected[0, 0] = allowed[0, 0] = np.nan
    maps = cells(build.evidence(expected, np.ones((256, 256)), allowed=allowed))
    assert part(maps, "expected")[0, 0, 0] == 1.0


@pytest.mark.parametrize("value", [1e300, 1e-300])
def test_numbers_beyond_single_precision_keep_their_size(build, value):
    expected = np.full((2, 2), value)
    maps = cells(build.evidence(expected, 2 * expected))
    assert maps.dtype == "float64"
    assert np.array_equal(part(maps, "actual")[0], 2 * expected)


def test_infinities_that_agree_are_no_error(build):
    expected = np.array([np.inf, -np.inf, np.inf])
    maps = cells(build.evidence(expected, np.array([np.inf, -np.inf, -np.inf])))
    assert part(maps, "error")[0, 0].tolist() == [0.0, 0.0, np.inf]


def test_there_is_no_map_where_shapes_differ_or_nothing_is_kept(build):
    assert cells(build.evidence(np.ones((2, 3)), np.ones((1, 3)))) is None
    assert cells(build.evidence(np.ones((2, 3)), np.ones((2, 3)), kept=False)) is None
