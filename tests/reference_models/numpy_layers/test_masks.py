from __future__ import annotations

import numpy as np

from reference_models.numpy_layers import causal_mask, padding_mask


def test_nobody_sees_what_comes_later():
    assert causal_mask(2).tolist() == [[True, False], [True, True]]


def test_a_mask_of_one_position_lets_it_see_itself():
    assert causal_mask(1).tolist() == [[True]]


def test_nobody_sees_the_padding_and_masks_combine():
    is_token = np.array([[True, True], [True, False]])
    assert padding_mask(is_token).shape == (2, 1, 2)
    assert (padding_mask(is_token) & causal_mask(2)).tolist() == [
        [[True, False], [True, True]],
        [[True, False], [True, False]],
    ]
