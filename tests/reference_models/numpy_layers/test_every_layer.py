"""What every layer promises: its arguments stay as they were, float32 stays float32, backward belongs to forward."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from reference_models import numpy_layers
from reference_models.numpy_layers import CrossEntropy, Linear, MeanSquaredError

LOSSES = {CrossEntropy, MeanSquaredError}
CLASSES = [member for _, member in inspect.getmembers(numpy_layers, inspect.isclass)]
LAYERS = [cls for cls in CLASSES if cls not in LOSSES]


def build(cls):
    return Linear(6, 5) if cls is Linear else cls()


def arguments_of(cls, dtype=np.float64):
    """Arguments of forward, (4, 6) and what goes with it; read-only, so that a write raises."""
    rng = np.random.default_rng(8)
    arguments = [rng.standard_normal((4, 6)).astype(dtype)]
    if cls is MeanSquaredError:
        arguments.append(rng.standard_normal((4, 6)).astype(dtype))
    if cls is CrossEntropy:
        arguments.append(rng.integers(0, 6, 4))
    for argument in arguments:
        argument.flags.writeable = False
    return arguments


def run(layer, arguments):
    """Forward and backward with a read-only upstream gradient; returns (y, y_bar, x_bar)."""
    y = layer.forward(*arguments)
    if type(layer) in LOSSES:
        return y, None, layer.backward()
    y_bar = np.random.default_rng(9).standard_normal(y.shape).astype(y.dtype)
    y_bar.flags.writeable = False
    return y, y_bar, layer.backward(y_bar)


def test_the_classes_are_found():
    assert [cls.__name__ for cls in CLASSES] == sorted(numpy_layers.__all__)
    assert len(CLASSES) == 11


@pytest.mark.parametrize("cls", CLASSES)
def test_its_arguments_are_left_as_they_were(cls):
    arguments = arguments_of(cls)
    copies = [argument.copy() for argument in arguments]
    _, y_bar, _ = run(build(cls), arguments)
    assert all(np.array_equal(one, other) for one, other in zip(arguments, copies, strict=True))
    if y_bar is not None:
        assert np.array_equal(y_bar, np.random.default_rng(9).standard_normal(y_bar.shape))


@pytest.mark.parametrize("cls", CLASSES)
def test_what_it_returns_shares_no_memory_with_what_it_was_given(cls):
    arguments = arguments_of(cls)
    y, y_bar, x_bar = run(build(cls), arguments)
    given = arguments if y_bar is None else [*arguments, y_bar]
    assert not any(np.shares_memory(returned, argument) for returned in (np.asarray(y), x_bar) for argument in given)


@pytest.mark.parametrize("cls", CLASSES)
def test_float32_stays_float32(cls):
    layer = build(cls)
    y, _, x_bar = run(layer, arguments_of(cls, np.float32))
    assert y.dtype == np.float32
    assert x_bar.dtype == np.float32


@pytest.mark.parametrize("cls", CLASSES)
def test_float32_gives_the_float64_answer_to_single_precision(cls):
    y, _, x_bar = run(build(cls), arguments_of(cls))
    y_single, _, x_bar_single = run(build(cls), arguments_of(cls, np.float32))
    np.testing.assert_allclose(y_single, y, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(x_bar_single, x_bar, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("cls", CLASSES)
def test_backward_belongs_to_the_latest_forward_and_may_be_called_twice(cls):
    layer, fresh = build(cls), build(cls)
    layer.forward(*[argument[::-1] for argument in arguments_of(cls)])
    _, y_bar, x_bar = run(layer, arguments_of(cls))
    _, _, expected = run(fresh, arguments_of(cls))
    again = layer.backward() if y_bar is None else layer.backward(y_bar)
    assert np.array_equal(x_bar, expected)
    assert np.array_equal(again, expected)


@pytest.mark.parametrize("cls", LAYERS)
def test_backward_is_linear_in_the_upstream_gradient(cls):
    layer = build(cls)
    y, first, x_bar = run(layer, arguments_of(cls))
    second = np.random.default_rng(10).standard_normal(y.shape)
    np.testing.assert_allclose(
        layer.backward(2 * first - 3 * second), 2 * x_bar - 3 * layer.backward(second), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("cls", CLASSES)
def test_the_gradient_has_the_shape_of_the_input(cls):
    arguments = arguments_of(cls)
    _, _, x_bar = run(build(cls), arguments)
    assert x_bar.shape == arguments[0].shape
