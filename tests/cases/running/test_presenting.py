import numpy as np
import pytest

from gradcheck.cases.running.presenting import BROADCAST, CODE, LAYOUTS, READ_ONLY, laid_out, repeated

X = np.random.default_rng(0).standard_normal((3, 4))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_layout_keeps_the_values_and_shares_no_memory(layout):
    x = repeated(X)
    other = laid_out(x, layout)
    assert np.array_equal(other, x)
    assert not np.shares_memory(other, x)


def test_only_the_plain_and_the_fixed_one_lie_in_one_piece():
    assert [layout for layout in LAYOUTS if laid_out(repeated(X), layout).flags.c_contiguous] == ["", READ_ONLY]


def test_a_broadcast_view_needs_equal_rows():
    assert laid_out(repeated(X), BROADCAST).strides[0] == 0
    assert laid_out(X, BROADCAST).strides[0] != 0


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != READ_ONLY])
def test_the_code_of_a_layout_makes_it(layout):
    x = repeated(X)
    made = eval(CODE[layout].format("x"), {"np": np, "x": x})  # noqa: S307 - written above
    assert np.array_equal(made, x)
    assert made.strides == laid_out(x, layout).strides
