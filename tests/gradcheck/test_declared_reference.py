"""A person names the counterpart: then a forward that differs is a failure, and a name that is none an error."""

from __future__ import annotations

import importlib.util

import pytest

from gradcheck.errors import ConfigurationError
from gradcheck.run import Runner
from gradcheck.source.discovery import layers_in_file
from gradcheck.types import Outcome

LAYER = """
import numpy as np


class Norm:
    def forward(self, x):
        self.n = x.shape[-1]
        centred = x - x.mean(axis=-1, keepdims=True)
        self.std = np.sqrt((centred**2).sum(axis=-1, keepdims=True) / (self.n - 1) + 1e-5)
        self.x_hat = centred / self.std
        return self.x_hat

    def backward(self, dout):
        inner = (dout * self.x_hat).sum(axis=-1, keepdims=True) / (self.n - 1)
        return (dout - dout.mean(axis=-1, keepdims=True) - self.x_hat * inner) / self.std
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "norm.py").write_text(LAYER)

    def checked(pyproject="", conftest=""):
        (tmp_path / "pyproject.toml").write_text(pyproject)
        (tmp_path / "conftest.py").write_text(conftest)
        runner = Runner(tmp_path)
        (site,) = layers_in_file(tmp_path / "norm.py", tmp_path).sites
        return runner.check(runner.build(site), "reference")

    return checked


def declared(name):
    return f'[tool.gradcheck.layers."norm.py::Norm"]\nreference = "{name}"\n'


CASE = """
import gradcheck, numpy as np

@gradcheck.case("norm.py::Norm", reference="{}")
def norm():
    from norm import Norm
    return Norm(), np.random.randn(4, 6)
"""


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
def test_a_forward_that_is_not_the_one_named_fails_with_the_difference(project):
    for result in (project(declared("LayerNorm")), project(conftest=CASE.format("layer_norm"))):
        assert result.outcome is Outcome.FAILED
        assert result.headline == "Norm: forward is not torch's LayerNorm: it divides the variance by N - 1"


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs torch")
def test_without_a_name_the_same_layer_is_not_applicable(project):
    assert project().outcome is Outcome.NOT_APPLICABLE


def test_a_name_that_torch_has_not_is_an_error_that_names_the_nearest(project):
    with pytest.raises(
        ConfigurationError, match=r"reference: there is no torch counterpart 'LayerNrm'; did you mean 'LayerNorm'\?"
    ):
        project(declared("LayerNrm"))
    with pytest.raises(ConfigurationError, match=r"there is no torch counterpart 'Lnear'; did you mean 'Linear'\?"):
        project(conftest=CASE.format("Lnear"))
