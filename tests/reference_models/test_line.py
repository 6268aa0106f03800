from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

from reference_models import line
from reference_models.mlp import MLP
from reference_models.numpy_layers import MeanSquaredError


def test_the_command_learns_the_line_and_shows_every_epoch():
    done = subprocess.run([sys.executable, "-m", "reference_models.line"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    _, names, *epochs, last = done.stdout.splitlines()
    assert names.split()[2:] == list(MLP(line.LAYER_SIZES).parameters())
    assert [int(row.split()[0]) for row in epochs] == list(range(1, 41))
    assert all(len(row.split()) == 2 + 6 for row in epochs)
    assert float(epochs[-1].split()[1]) == pytest.approx(line.NOISE**2, rel=0.05)
    found = re.search(r"\[-5, 5\]: ([\d.]+), within the 0\.05 allowed", last)
    assert float(found[1]) <= 0.05


def test_the_command_fails_when_it_did_not_learn_the_line(capsys):
    assert line.main(["--epochs", "0"]) == 1
    assert "more than the 0.05 allowed" in capsys.readouterr().out


def test_the_largest_error_of_a_model_known_to_be_off():
    model = MLP([1, 1])
    model.layers[0].W, model.layers[0].b = np.array([[2.5]]), np.array([1.0])
    assert line.largest_error(model) == pytest.approx(0.5 * 5)


def test_a_step_goes_against_the_gradient():
    """y = w x + b at w = 1, b = 0, x = 2, target 5: residual -3, dW = 2 * -3 * 2 = -12, db = -6."""
    model = MLP([1, 1])
    model.layers[0].W = np.array([[1.0]])
    loss = MeanSquaredError()
    loss.forward(model.forward(np.array([[2.0]])), np.array([[5.0]]))
    model.backward(loss.backward())
    line.sgd_step(model, 0.1)
    assert model.layers[0].W[0, 0] == pytest.approx(2.2)
    assert model.layers[0].b[0] == pytest.approx(0.6)
