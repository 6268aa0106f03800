"""What every optimizer promises: it moves the arrays it was given, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from reference_models.optimizers import SGD, Adam, AdamW, Cosine, Momentum, Nesterov, RMSProp, WarmUpInverseSquareRoot

OPTIMIZERS = [SGD, Momentum, Nesterov, Adam, AdamW, RMSProp]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_moves_the_arrays_themselves_and_leaves_the_gradients(optimizer):
    W = np.array([1.0, -2.0])
    gradient = np.array([0.5, 0.25])
    optimizer({"W": W}, learning_rate=0.1).step({"W": gradient})
    assert np.all(W < [1.0, -2.0])
    assert np.array_equal(gradient, [0.5, 0.25])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_keeps_no_hold_of_the_gradients(optimizer):
    W, other = np.array([1.0]), np.array([1.0])
    walker, fresh = (optimizer({"W": array}, learning_rate=0.1) for array in (W, other))
    gradient = np.array([1.0])
    for _ in range(3):
        walker.step({"W": gradient})
        gradient[...] = 1e9
        gradient[...] = 1.0
        fresh.step({"W": np.array([1.0])})
    assert np.array_equal(W, other)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_it_finds_the_bottom_of_a_bowl(optimizer):
    W = np.array([3.0, -2.0])
    walker = optimizer({"W": W}, learning_rate=0.05, weight_decay=0.0)
    for step in range(2000):
        walker.learning_rate = 0.05 * (1 - step / 2000)
        walker.step({"W": 2 * (W - 1.0)})
    np.testing.assert_allclose(W, 1.0, atol=1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_float32_stays_float32(optimizer):
    W = np.ones(3, dtype=np.float32)
    optimizer({"W": W}, learning_rate=0.1).step({"W": np.ones(3, dtype=np.float32)})
    assert W.dtype == np.float32
    assert np.all(W < 1)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_gradient_that_is_missing_is_named(optimizer):
    with pytest.raises(KeyError, match="b is in one of them only"):
        optimizer({"W": np.ones(1), "b": np.ones(1)}, learning_rate=0.1).step({"W": np.ones(1)})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_gradient_that_would_broadcast_is_refused(optimizer):
    with pytest.raises(ValueError, match=r"the gradient of W is \(1,\), expected \(3,\)"):
        optimizer({"W": np.ones(3)}, learning_rate=0.1).step({"W": np.ones(1)})


def test_a_cosine_ends_at_its_floor_and_stays():
    schedule = Cosine(peak=1.0, steps=10, floor=0.25, warm_up=5)
    assert max(schedule(step) for step in range(30)) == 1.0
    assert schedule(15) == pytest.approx(0.25)
    assert schedule(29) == pytest.approx(0.25)


def test_warm_up_peaks_at_its_end():
    schedule = WarmUpInverseSquareRoot(peak=0.5, warm_up=10)
    rates = [schedule(step) for step in range(100)]
    assert int(np.argmax(rates)) == 9
    assert max(rates) == 0.5
