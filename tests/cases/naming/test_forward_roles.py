"""A forward that may be told the mode is told to train: many keep nothing for backward otherwise."""

import numpy as np
import pytest

from gradcheck.cases.naming.forward_roles import flag_value, forward_arguments
from gradcheck.cases.pairs.candidates import candidates


@pytest.mark.parametrize(
    ("name", "default", "given"),
    [
        ("training", False, True),
        ("is_train", 0, True),
        ("mode", "test", "train"),
        ("phase", "inference", "train"),
        ("predict", True, False),
    ],
)
def test_an_argument_that_says_the_mode_is_given(name, default, given):
    namespace = {}
    exec(f"def forward(x, {name}={default!r}): return x", namespace)  # noqa: S102 - the test's own source
    assert [argument.name for argument in forward_arguments(namespace["forward"])] == ["x", name]
    assert flag_value(name) == given
    assert next(candidates(namespace["forward"], "forward", 0)).arguments[name] == given


@pytest.mark.parametrize(("name", "default"), [("mode", "same"), ("test", False), ("training", "yes"), ("axis", 0)])
def test_what_says_no_mode_keeps_its_default(name, default):
    namespace = {}
    exec(f"def forward(x, {name}={default!r}): return x", namespace)  # noqa: S102 - the test's own source
    assert [argument.name for argument in forward_arguments(namespace["forward"])] == ["x"]


def test_a_pair_with_weights_is_told_to_train_as_well():
    def dense_forward(X, W, b, training=0):
        return X @ W + b, (X, W) if training else None

    first = next(candidates(dense_forward, "dense_forward", 0))
    assert first.arguments["training"] is True
    assert isinstance(first.arguments["W"], np.ndarray)
