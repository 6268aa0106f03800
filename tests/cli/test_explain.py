"""`gradcheck explain` tells the reasoning behind a failure in the order in which it was found."""

from __future__ import annotations

import pytest

from gradcheck.cli import main

HIDDEN = """
import numpy as np


class Hidden:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)

    def forward(self, x):
        self.x = x
        return np.tanh(x @ self.W)

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout * (1 - np.tanh(self.x @ self.W) ** 2) @ self.W.T


class Right(Hidden):
    def backward(self, dout):
        dz = dout * (1 - np.tanh(self.x @ self.W) ** 2)
        self.dW = self.x.T @ dz
        return dz @ self.W.T
"""


@pytest.fixture
def layers(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "layers.py").write_text(HIDDEN)
    monkeypatch.chdir(tmp_path)


def test_probes_oracle_arbitration_explanations_and_statement_are_told(layers, capsys):
    assert main(["explain", "layers.py::Hidden", "--seed", "3"]) == 1
    told = capsys.readouterr().out
    order = [
        "layers.py::Hidden",
        "contract: passed: ",
        "gradient: failed",
        "Hidden: gradient of `W` is wrong in 40 of 40 entries",
        "seed 3",
        "right: x",
        "W (8, 5), parameter",
        "1. it differs by more than the oracle can be wrong by:",
        "2. central differences along the disagreement itself side with the oracle",
        "3. ",
        "fits passed_over",
        "no   sign",
        "4. layers.py:14, in backward: stores self.dW",
        "> self.dW = self.x.T @ dout",
        "gradcheck check layers.py::Hidden --check gradient --wrt W --seed 3",
    ]
    places = [told.find(text) for text in order]
    assert -1 not in places
    assert places == sorted(places)


def test_a_layer_with_nothing_wrong_says_so(layers, capsys):
    assert main(["explain", "layers.py::Right", "--check", "gradient"]) == 0
    assert "gradient: passed: Right: 2 gradients agree with the oracle" in capsys.readouterr().out


def test_what_cannot_be_found_is_said(layers, capsys):
    assert main(["explain", "nowhere.py::Hidden"]) == 2
    assert "nowhere.py" in capsys.readouterr().err
