from __future__ import annotations

import numpy as np

from reference_models import parameters
from reference_models.numpy_layers import EncoderLayer, Linear


def test_names_are_paths_that_python_understands():
    layer = EncoderLayer(4, 2, 3)
    layer.forward(np.ones((1, 2, 4)))
    layer.backward(np.ones((1, 2, 4)))
    found = parameters.parameters(layer)
    assert len(found) == 16
    for name, array in found.items():
        assert eval(f"layer.{name}", {"layer": layer}) is array  # noqa: S307 - names of our own
    assert found.keys() == parameters.gradients(layer).keys()


def test_a_bias_that_is_none_is_no_parameter():
    assert list(parameters.parameters(Linear(2, 3, bias=False))) == ["W"]


def test_training_is_switched_everywhere():
    layer = EncoderLayer(4, 2, 3, dropout=0.5)
    parameters.set_training(layer, training=False)
    assert not layer.attention_residual.dropout.training
    assert not layer.feed_forward_residual.dropout.training
    parameters.set_training(layer, training=True)
    assert layer.attention_residual.dropout.training
    assert layer.feed_forward_residual.dropout.training
