from __future__ import annotations

import numpy as np

from reference_models.numpy_layers import Flatten


def test_it_agrees_with_torch(assert_twins):
    def twin(weights, x):
        del weights
        return x.flatten(1)

    assert_twins(Flatten(), twin, (2, 3, 4, 5), roundings=0)


def test_an_empty_batch_keeps_its_shape():
    layer = Flatten()
    assert layer.forward(np.zeros((0, 2, 3))).shape == (0, 6)
    assert layer.backward(np.zeros((0, 6))).shape == (0, 2, 3)
