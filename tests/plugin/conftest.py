"""A project of its own for each test, and pytest run on it as a person runs it: in another process."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pytest

# A right layer, a wrong one, one that cannot be built, a base: what most tests need.
LAYERS = '''\
"""Layers of a project."""

import numpy as np


class Base:
    def forward(self, x):
        raise NotImplementedError

    def backward(self, grad):
        raise NotImplementedError


class ReLU(Base):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask


class Dense(Base):
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(in_features, out_features)
        self.b = np.zeros(out_features)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = 2 * grad.sum(axis=0)
        return grad @ self.W.T


class Unknown(Base):
    def __init__(self, thing):
        self.scale = thing.first.second

    def forward(self, x):
        return x * self.scale

    def backward(self, grad):
        return grad * self.scale
'''
CHECKS = (
    "build",
    "contract",
    "linearity",
    "gradient",
    "reference",
    "determinism",
    "protocol",
    "batch",
    "precision",
    "shapes",
)
# To load torch takes longer than to check everything in LAYERS; a run that is not about it is spared that.
WITHOUT_TORCH = """\
import sys
from importlib.machinery import PathFinder


class TorchIsNotInstalled(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name == "torch" else super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(PathFinder)] = TorchIsNotInstalled
"""
# Line of Dense.backward in LAYERS.
BACKWARD_LINE = 1 + next(number for number, line in enumerate(LAYERS.splitlines()) if "self.dW" in line) - 1


@dataclass(frozen=True)
class Project:
    """A folder with a pyproject.toml, and pytest runs on it."""

    pytester: pytest.Pytester

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.pytester.path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    def run(self, *arguments: str, torch: bool = False) -> pytest.RunResult:
        """Run pytest with the plugin and no other; PYTEST_DISABLE_PLUGIN_AUTOLOAD keeps the others away.

        Args:
            *arguments: Of pytest.
            torch: Whether the run finds torch where it is installed.
        """
        seen = () if torch else ("-p", "without_torch")
        return self.pytester.runpytest_subprocess("-p", "gradcheck", *seen, *arguments, timeout=120)


@pytest.fixture
def project(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "without_torch.py").write_text(WITHOUT_TORCH, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(outside))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS", "COLUMNS", "PYTEST_XDIST_WORKER"):
        monkeypatch.delenv(name, raising=False)
    made = Project(pytester)
    made.write({"pyproject.toml": "[tool.gradcheck]\n", "src/layers.py": LAYERS})
    return made


@pytest.fixture
def layers() -> str:
    return LAYERS
