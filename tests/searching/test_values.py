import numpy as np
import pytest

from gradcheck.errors import UsageError
from gradcheck.searching import values


@pytest.mark.parametrize("variety", values.VARIETIES)
def test_a_variety_keeps_shape_and_dtype_and_is_finite(variety):
    like = np.random.default_rng(0).standard_normal((4, 8))
    x = values.drawn(like, (3, 5), "x", 0, below=2, variety=variety)
    assert x.shape == (3, 5)
    assert x.dtype == like.dtype
    assert np.all(np.isfinite(x))


def test_tied_kinds_have_ties_or_zeros_and_the_others_have_none():
    like = np.random.default_rng(0).standard_normal((4, 8))
    for variety in ("", *values.VARIETIES):
        x = values.drawn(like, (4, 7), "x", 0, below=2, variety=variety)
        repeats = np.unique(np.abs(x)).size < x.size or bool(np.any(x == 0.0))
        assert repeats or variety not in values.TIED, variety


def test_the_domain_of_positive_shares_and_probabilities_is_kept():
    rng = np.random.default_rng(0)
    shares = rng.uniform(0.1, 0.9, (4, 5))
    rows = shares / shares.sum(axis=-1, keepdims=True)
    for like, kind in ((shares, "shares"), (rows, "probabilities"), (shares + 1.0, "positive")):
        assert values.kind_of(like) == kind
        for variety in ("", *values.VARIETIES):
            x = values.drawn(like, (3, 4), "x", 0, below=2, variety=variety)
            assert np.all(x > 0.0)
    assert np.allclose(values.drawn(rows, (3, 4), "x", 0, below=2, variety="ties").sum(axis=-1), 1.0)


def test_a_distribution_over_one_class_is_refused():
    with pytest.raises(UsageError):
        values.drawn(np.array([[0.25, 0.75]]), (3, 1), "x", 0, below=2, variety="")


def test_along_the_tangent_equal_entries_stay_equal_and_zeros_stay_zero():
    x = np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 2.0]])
    d = values.tangent(x, 0, "x")
    assert d[0, 0] == d[0, 1] == d[1, 1] != 0.0
    assert d[1, 0] == d[1, 2] != d[0, 0]
    assert d[0, 2] == 0.0
