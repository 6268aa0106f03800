from __future__ import annotations

import pytest

from reference_models.numpy_layers import Conv1d


@pytest.mark.parametrize("keywords", [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "groups": 2, "bias": False}])
@pytest.mark.parametrize("length", [5, 8])
def test_it_agrees_with_torch(assert_twins, keywords, length):
    import torch

    options = {name: value for name, value in keywords.items() if name != "bias"}

    def twin(weights, x):
        W, b = weights["convolution.W"], weights.get("convolution.b")
        return torch.nn.functional.conv1d(x, W[:, :, 0], b, **options)

    assert_twins(Conv1d(2, 4, 3, **keywords), twin, (2, 2, length), roundings=3 * 6 + 2 * (length + 2) + 2)
