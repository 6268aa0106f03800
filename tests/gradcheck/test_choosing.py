"""What is told of a layer that refuses every input."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

LAZY = """
class Scale:
    def set_input_shape(self, shape):
        self.input_shape = shape

    def forward(self, x):
        assert len(self.input_shape) < 0, "the scale is missing"
        return 2.0 * x

    def backward(self, dout):
        return 2.0 * dout
"""


def test_the_error_that_is_left_after_the_hooks_is_told(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(LAZY)
    (site,) = find_layers([tmp_path], root=tmp_path).sites
    with pytest.raises(BuildError, match=r"AssertionError: the scale is missing \(layers\.py:7\)"):
        Runner(tmp_path).build(site)
