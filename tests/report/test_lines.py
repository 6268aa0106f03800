"""Lines are cut, wrapped and aligned without losing what matters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.report.lines import columns, count, cut, fit, number, pair, wrap


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_cut_text_is_one_line_and_never_wider(text, width):
    assert len(cut(text, width)) <= width
    assert "\n" not in cut(text, width)


def test_what_is_too_long_loses_its_middle():
    assert cut("src/a/very/long/path/layers.py", 15) == "src/a/v…yers.py"
    assert cut("short", 15) == "short"


def test_text_is_broken_between_words_and_later_lines_are_indented():
    assert wrap("one two three four", 9, indent="  ") == ["one two", "  three", "  four"]


@given(st.lists(st.text("ab ", max_size=5), max_size=8), st.integers(0, 8))
def test_no_more_lines_than_there_is_room_for(lines, room):
    fitted = fit(lines, room)
    assert len(fitted) == min(len(lines), room)


def test_marked_lines_are_the_last_to_be_left_out():
    table = ["name  shape", "x  (4,)", "W  (4, 8)", "b  (1, 8)  <- not (8,)"]
    assert fit(table, 3) == ["name  shape", "b  (1, 8)  <- not (8,)", "  … 2 more lines (-v)"]


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_that_differ_look_different(expected, actual):
    shown = pair(expected, actual)
    assert (shown[0] == shown[1]) == (expected == actual)


@pytest.mark.parametrize(
    ("expected", "actual", "shown"),
    [
        (2.5, 0.3125, ("+2.5", "+0.3125")),
        (1.0, 1.0 + 3e-9, ("+1", "+1.000000003")),
        (0.0, -1e-12, ("+0", "-1e-12")),
        (1.0, float("nan"), ("+1", "nan")),
        (float("-inf"), 2.0, ("-inf", "+2")),
    ],
)
def test_numbers_have_the_digits_it_takes_to_see_how_they_differ(expected, actual, shown):
    assert pair(expected, actual) == shown


def test_a_number_has_six_digits_where_nothing_else_is_asked_for():
    assert number(1 / 3) == "+0.333333"


def test_columns_are_aligned_names_to_the_left_and_numbers_to_the_right():
    assert columns([("entry", "expected"), ("W[10, 2]", "+1")]) == ["  entry     expected", "  W[10, 2]        +1"]


def test_one_thing_is_singular():
    assert [count(n, "layer") for n in (0, 1, 2)] == ["0 layers", "1 layer", "2 layers"]
    assert count(2, "entry") == "2 entries"
