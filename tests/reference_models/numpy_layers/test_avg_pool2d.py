from __future__ import annotations

import pytest

from reference_models.numpy_layers import AvgPool2d


@pytest.mark.parametrize("keywords", [{}, {"stride": 1}, {"stride": (2, 1), "padding": 1}])
@pytest.mark.parametrize("kernel", [2, 3, (2, 3)])
def test_it_agrees_with_torch(assert_twins, kernel, keywords):
    import torch

    def twin(weights, x):
        del weights
        return torch.nn.functional.avg_pool2d(x, kernel, **keywords)

    assert_twins(AvgPool2d(kernel, **keywords), twin, (2, 3, 6, 7), roundings=2 * 9 + 2)
