from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import Conv2d

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=25)
SMALL = st.tuples(st.integers(1, 3), st.integers(1, 3))


@EXAMPLES
@given(
    channels=st.sampled_from([(1, 1, 1), (2, 3, 1), (4, 2, 2), (3, 6, 3)]),
    kernel=SMALL,
    stride=SMALL,
    padding=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    dilation=SMALL,
    size=st.tuples(st.integers(1, 2), st.integers(1, 7), st.integers(1, 7)),
    bias=st.booleans(),
)
def test_it_agrees_with_torch(assert_twins, channels, kernel, stride, padding, dilation, size, bias):
    import torch

    (incoming, outgoing, groups), (batch, height, width) = channels, size
    assume(dilation[0] * (kernel[0] - 1) < height + 2 * padding[0])
    assume(dilation[1] * (kernel[1] - 1) < width + 2 * padding[1])
    keywords = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}

    def twin(weights, x):
        return torch.nn.functional.conv2d(x, weights["W"], weights.get("b"), **keywords)

    layer = Conv2d(incoming, outgoing, kernel, bias=bias, **keywords)
    positions = batch * math.prod(size + 2 * edge for size, edge in zip((height, width), padding, strict=True))
    roundings = math.prod(kernel) * (incoming + outgoing) + positions + 2
    assert_twins(layer, twin, (batch, incoming, height, width), roundings=roundings)


def test_one_number_stands_for_both_axes():
    layer = Conv2d(2, 3, 3, stride=2, padding=1)
    assert layer.W.shape == (3, 2, 3, 3)
    assert layer.forward(np.zeros((1, 2, 5, 7))).shape == (1, 3, 3, 4)


def test_another_number_of_channels_is_refused():
    with pytest.raises(ValueError, match=r"x \(1, 3, 5, 5\) does not fit, expected \(N, 2, H, W\)"):
        Conv2d(2, 3, 3).forward(np.zeros((1, 3, 5, 5)))


@pytest.mark.parametrize("channels", [(3, 4), (4, 3)])
def test_groups_that_leave_a_rest_are_refused(channels):
    with pytest.raises(ValueError, match="groups=2 do not divide"):
        Conv2d(*channels, 3, groups=2)
