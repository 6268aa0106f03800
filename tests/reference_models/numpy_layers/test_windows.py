from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers.windows import Windows

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=40)
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@EXAMPLES
@given(kernel=PAIRS, stride=PAIRS, padding=st.tuples(st.integers(0, 2), st.integers(0, 2)), dilation=PAIRS, size=PAIRS)
def test_fold_is_the_transpose_of_unfold(kernel, stride, padding, dilation, size):
    windows = Windows(kernel=kernel, stride=stride, padding=padding, dilation=dilation)
    height, width = 2 * size[0], 2 * size[1] + 1
    reach = [step * (entries - 1) + 1 for step, entries in zip(dilation, kernel, strict=True)]
    assume(reach[0] <= height + 2 * padding[0] and reach[1] <= width + 2 * padding[1])
    rng = np.random.default_rng(0)
    # Whole numbers: both sums are exact.
    image = rng.integers(-9, 10, (2, 3, height, width)).astype(float)
    unfolded = windows.unfold(image)
    assert unfolded.shape[-2:] == windows.counts(height, width)
    columns = rng.integers(-9, 10, unfolded.shape).astype(float)
    assert (unfolded * columns).sum() == (image * windows.fold(columns, height, width)).sum()


def test_an_image_that_is_too_small_is_told():
    with pytest.raises(ValueError, match=r"no window of \(3, 3\).* fits into an image of \(2, 4\)"):
        Windows(kernel=(3, 3), stride=(1, 1)).unfold(np.ones((1, 1, 2, 4)))
