"""The reference models stand on NumPy alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = "import sys, {module}; print([name for name in {names} if name in sys.modules])"

MODULES = [
    "reference_models.line",
    "reference_models.mlp",
    "reference_models.numpy_layers",
    "reference_models.transformer",
    "reference_models.gpt",
    "reference_models.convolutional_network",
    "reference_models.gradient_clipping",
    "reference_models.optimizers",
    "reference_models.tape.modules.transformer",
    "reference_models.train.command, reference_models.train.tasks.copy",
]


def loaded_by(module):
    names = ["gradcheck", "scipy", "torch", "numpy"]
    command = [sys.executable, "-c", SCRIPT.format(module=module, names=names)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("module", MODULES)
def test_they_load_numpy_and_neither_gradcheck_nor_scipy_nor_torch(module):
    assert loaded_by(module) == "['numpy']"


def test_an_import_of_gradcheck_would_be_noticed():
    assert loaded_by("gradcheck") == "['gradcheck']"
