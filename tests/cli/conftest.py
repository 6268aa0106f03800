"""A project of its own for each test, and the command line called in this process or run in another."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradcheck.cli import main

LAYERS = """\
import numpy as np


class Base:
    def forward(self, x):
        raise NotImplementedError

    def backward(self, grad):
        raise NotImplementedError


class Scale(Base):
    def forward(self, x):
        print("a layer that talks")
        return 3 * x

    def backward(self, grad):
        return 3 * grad


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
"""


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Project:
    """A folder with a pyproject.toml; commands are given from it, or from one of its folders."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def write(self, files: dict[str, str]) -> None:
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text), encoding="utf-8")

    def call(self, *arguments: str) -> Answer:
        """Call the command line in this process."""
        self.capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        said = self.capsys.readouterr()
        return Answer(code, said.out, said.err)

    def run(self, *arguments: str, **environment: str) -> Answer:
        """Run the command line in another process."""
        finished = subprocess.run(
            [sys.executable, "-m", "gradcheck", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Answer(finished.returncode, finished.stdout, finished.stderr)


@pytest.fixture(autouse=True)
def _few_configurations(few_configurations: None) -> None:
    """What is said of a check does not depend on how much it tried."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path, capsys)
    made.write({"pyproject.toml": "[tool.gradcheck]\n", "src/layers.py": LAYERS})
    return made
