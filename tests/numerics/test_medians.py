"""The median agrees with NumPy's to the last bit, whatever the entries are."""

import numpy as np
import pytest

from gradcheck.numerics.medians import median


@pytest.mark.parametrize("size", [1, 2, 3, 8, 41])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_it_is_numpys(size, dtype):
    values = np.random.default_rng(size).standard_normal((size, 3)).astype(dtype)
    for x in (values, values[:, 0], np.where(values > 1.0, np.inf, values)):
        assert median(x) == float(np.median(x))


def test_nan_is_told():
    assert np.isnan(median(np.array([1.0, np.nan, 2.0])))


def test_what_it_is_asked_of_stays_in_order():
    x = np.array([3.0, 1.0, 2.0])
    assert median(x) == 2.0
    assert x.tolist() == [3.0, 1.0, 2.0]
