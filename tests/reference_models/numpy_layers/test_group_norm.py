from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_models.numpy_layers import GroupNorm

EXAMPLES = settings(derandomize=True, database=None, deadline=None, max_examples=12)


@EXAMPLES
@given(
    sizes=st.sampled_from([(1, 3), (2, 6), (3, 9)]),
    batch=st.integers(1, 3),
    behind=st.lists(st.integers(1, 4), max_size=2),
)
def test_it_agrees_with_torch(assert_twins, sizes, batch, behind):
    import torch

    groups, features = sizes

    def twin(weights, x):
        return torch.nn.functional.group_norm(x, groups, weights["gamma"], weights["beta"])

    shape = (batch, features, *behind)
    assert_twins(GroupNorm(groups, features), twin, shape, roundings=5 * int(np.prod(shape)) + 20)


def test_groups_that_leave_a_rest_are_refused():
    with pytest.raises(ValueError, match="groups=2 do not divide features=3"):
        GroupNorm(2, 3)
