from __future__ import annotations

import numpy as np
import pytest

from reference_models.numpy_layers.targets import require_classes, require_same_shape


def test_what_would_broadcast_is_refused():
    with pytest.raises(ValueError, match=r"prediction \(2, 1\) and target \(2,\) differ in shape; reshape one of them"):
        require_same_shape(np.ones((2, 1)), np.ones(2))


def test_an_ignored_target_is_no_class_and_is_not_counted():
    counts = require_classes(np.ones((3, 2)), np.array([0, 9, 1]), name="logits", ignore_index=9)
    assert counts.tolist() == [True, False, True]


def test_a_target_that_counts_and_is_no_class_is_refused_though_others_are_ignored():
    with pytest.raises(ValueError, match=r"targets span 0 \.\. 2, expected 0 \.\. 1"):
        require_classes(np.ones((3, 2)), np.array([0, 9, 2]), name="logits", ignore_index=9)
