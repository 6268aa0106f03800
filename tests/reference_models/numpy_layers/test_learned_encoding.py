from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers import LearnedEncoding


def test_more_positions_than_rows_are_refused():
    with pytest.raises(ValueError, match=r"x \(1, 4, 2\) has 4 positions, expected at most max_length=3"):
        LearnedEncoding(3, 2).forward(np.zeros((1, 4, 2)))


@pytest.mark.parametrize("shape", [(4, 3), (1, 1, 3), (2, 5, 3), (2, 2, 4, 3)])
def test_it_agrees_with_torch(assert_twins, shape):
    def twin(weights, x):
        return x + weights["W"][: shape[-2]]

    assert_twins(LearnedEncoding(5, 3), twin, shape, roundings=int(np.prod(shape[:-2])) + 1)
