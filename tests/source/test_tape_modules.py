"""Which classes are taken for modules of a home-made tape, by reading."""

from __future__ import annotations

import pytest

from gradcheck.source.discovery import find_layers

TAPE = """\
class Tensor:
    def __add__(self, other):
        return Tensor()

    def backward(self):
        pass
"""
BASE = """\
from engine import Tensor

class Module:
    def parameters(self):
        return []

    def __call__(self, *arguments):
        return self.forward(*arguments)
"""
LAYERS = """\
from base import Module

class Linear(Module):
    def forward(self, x):
        return x + x

class Neuron:
    def __init__(self):
        self.w = []

    def parameters(self):
        return self.w

    def __call__(self, x):
        return x

class Unwritten(Module):
    def forward(self, x):
        raise NotImplementedError

class Optimizer:
    def step(self):
        pass
"""
FILES = {"engine.py": TAPE, "base.py": BASE, "layers.py": LAYERS}


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'tape'\n")
    for name, source in FILES.items():
        (tmp_path / name).write_text(source)
    return tmp_path


def found(paths, root):
    return {site.identity: site.family for site in find_layers(paths, root=root).sites}


def test_heirs_of_a_class_whose_file_knows_the_tape_are_modules(repository):
    assert found([repository], repository) == {
        "engine.py::Tensor": "tape",
        "layers.py::Linear": "tape_module",
    }


def test_a_file_named_alone_has_the_same_modules(repository):
    assert found([repository / "layers.py"], repository) == {"layers.py::Linear": "tape_module"}


def test_what_is_called_counts_where_it_lists_its_parameters(repository):
    (repository / "layers.py").write_text(
        LAYERS.replace("from base import Module", "from engine import Tensor\nfrom base import Module")
    )
    assert found([repository], repository)["layers.py::Neuron"] == "tape_module"


def test_without_a_tape_nothing_is_a_module_of_one(repository):
    (repository / "engine.py").write_text("class Tensor:\n    def __add__(self, other):\n        return self\n")
    assert found([repository], repository) == {}


def test_operators_that_are_tensors_themselves_are_no_modules(repository):
    (repository / "operators.py").write_text(
        "from engine import Tensor\n\nclass exp(Tensor):\n    def forward(self, x):\n        return x\n"
    )
    assert "operators.py::exp" not in found([repository], repository)
