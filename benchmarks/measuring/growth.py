"""What each tool costs, and what it sees, as one fully connected layer grows."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from measuring.trials import Known, Trial, asked

LAYERS = '''\
import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features) / np.sqrt(in_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class LinearOneEntryLost(Linear):
    """One entry of dW stays zero."""

    def backward(self, dout):
        dx = super().backward(dout)
        middle = len(self.dW) // 2
        self.dW[middle, middle] = 0
        return dx
'''
SETTINGS = """\
[tool.gradcheck.layers."layers.py::{name}"]
init = {{ in_features = {width}, out_features = {width} }}
inputs = {{ x = [4, {width}] }}
"""
RIGHT, WRONG = "Linear", "LinearOneEntryLost"


def entries(width: int) -> int:
    """Numbers in x (4, width), W (width, width) and b (width)."""
    return 4 * width + width * width + width


def grow(width: int, seed: int, *, exhaustive: bool) -> list[Trial]:
    """The tools on the right and on the wrong layer of one width."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "layers.py").write_text(LAYERS, encoding="utf-8")
        settings = [SETTINGS.format(name=name, width=width) for name in (RIGHT, WRONG)]
        (root / "pyproject.toml").write_text("\n".join(settings), encoding="utf-8")
        runner = Runner(root, seed=seed)
        cases = {site.qualname: runner.build(site) for site in find_layers([root], root=root).sites}
        known = {RIGHT: Known(folder=str(width)), WRONG: Known(folder=str(width), check="gradient")}
        return [t for name in known for t in asked(cases[name], known[name], seed, exhaustive=exhaustive)]
