"""A pair whose backward says a name that is nowhere, and one whose name a caught import would have brought."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.errors import BuildError
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

PAIRS = """
import numpy as np
try:
    from kernels_compiled import scatter
except ImportError:
    print("build the kernels first")

def double_forward(x):
    return 2.0 * x, x

def double_backward(dout, cache):
    return 2.0 * d_out

def triple_forward(x):
    return 3.0 * x, x

def triple_backward(dout, cache):
    return scatter(3.0 * dout)
"""


def test_a_name_that_is_nowhere_fails_the_contract_and_one_that_was_not_built_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(PAIRS)
    runner = Runner(tmp_path)
    double, triple = find_layers([tmp_path], root=tmp_path).sites
    runner.prepare([double, triple])
    result = runner.check(runner.build(double), "contract")
    assert result.outcome is Outcome.FAILED
    assert "backward raises NameError on an input that forward accepts" in result.headline
    with pytest.raises(BuildError, match=r"needs `kernels_compiled`, which could not be imported, as the file allows"):
        runner.build(triple)
