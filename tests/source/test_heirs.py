from __future__ import annotations

import pytest

from gradcheck.source import repository as repository_module
from gradcheck.source.discovery import find_layers

BASE = "class Layer:\n    def forward(self, x): return x\n    def backward(self, g): return g\n"


@pytest.fixture
def parsed(monkeypatch):
    """Texts that were parsed, in order."""
    texts = []
    parse = repository_module.parse
    monkeypatch.setattr(repository_module, "parse", lambda text: texts.append(text) or parse(text))
    return texts


def identities(*paths, **options):
    return [site.identity for site in find_layers(paths, **options).sites]


def test_files_without_a_backward_of_their_own_are_found_through_their_bases(write):
    root = write(
        {
            "base.py": BASE,
            "mid.py": "from base import Layer\nclass Mid(Layer):\n    def size(self): return 1\n",
            "top.py": "import mid\nclass Top(mid.Mid):\n    def forward(self, x): return x\n",
        }
    )
    assert identities(root) == ["base.py::Layer", "mid.py::Mid", "top.py::Top"]


@pytest.mark.parametrize(
    "source",
    [
        "from base import Layer as L\nclass A(L): ...\n",
        "from names import Unit\nclass A(Unit): ...\n",
        "import base as b\nclass A(b.Layer): ...\n",
        "from names import *\nclass A(Unit): ...\n",
    ],
)
def test_a_base_under_another_name_is_still_found(write, source):
    root = write({"base.py": BASE, "names.py": "from base import Layer\nUnit = Layer\n", "a.py": source})
    assert "a.py::A" in identities(root)


@pytest.mark.parametrize("where", ["ops", "ops/a.py"])
def test_a_base_outside_the_paths_given_gives_its_methods_and_yields_no_site(write, where):
    root = write({"core/base.py": BASE, "ops/a.py": "from core.base import Layer\nclass A(Layer): ...\n"})
    (site,) = find_layers([root / where]).sites
    assert site.identity == "ops/a.py::A"
    assert (site.forward.path, site.forward.line) == ("core/base.py", 2)


def test_hooks_alone_make_a_layer_though_no_forward_and_no_backward_stand_in_the_file(write):
    base = (
        "class Operation:\n    def forward(self, x): return self._output(x)\n"
        "    def backward(self, g): return self._grad(g)\n"
        "    def _output(self, x): raise NotImplementedError\n    def _grad(self, g): raise NotImplementedError\n"
    )
    hooks = (
        "from base import Operation\n"
        "class Half(Operation):\n    def _output(self, x): return x / 2\n    def _grad(self, g): return g / 2\n"
    )
    root = write({"lib/base.py": base, "lib/half.py": hooks})
    assert identities(root) == ["lib/base.py::Operation", "lib/half.py::Half"]
    assert identities(root / "lib" / "half.py") == ["lib/half.py::Half"]


def test_forward_and_backward_may_come_from_two_bases(write):
    root = write(
        {
            "f.py": "class F:\n    def forward(self, x): return x\n",
            "b.py": "class B:\n    def backward(self, g): return g\n",
            "both.py": "from f import F\nfrom b import B\nclass Both(F, B): ...\n",
            "own/one.py": "from f import F\nclass One(F):\n    def backward(self, g): return g\n",
            "own/two.py": "from one import One\nclass Two(One): ...\n",
        }
    )
    assert identities(root) == ["both.py::Both", "own/one.py::One", "own/two.py::Two"]
    assert identities(root / "own") == ["own/one.py::One", "own/two.py::Two"]
    assert identities(root / "both.py") == ["both.py::Both"]


def test_a_heir_of_a_heir_outside_the_paths_is_found(write):
    root = write(
        {
            "base.py": BASE,
            "mid.py": "from base import Layer\nclass Mid(Layer): ...\n",
            "ops/a.py": "from mid import Mid\nclass A(Mid): ...\n",
            "ops/b.py": "from .a import A\nclass B(A): ...\n",
        }
    )
    assert identities(root / "ops") == ["ops/a.py::A", "ops/b.py::B"]


def test_a_base_in_an_excluded_folder_still_serves(write):
    root = write({"core/base.py": BASE, "a.py": "from core.base import Layer\nclass A(Layer): ...\n"})
    assert identities(root, exclude=["core"]) == ["a.py::A"]


def test_nothing_is_parsed_where_no_class_has_a_backward(write, parsed):
    root = write(
        {"a.py": "class A: ...\n", "b.py": "from a import A\nclass B(A):\n    def forward(self, x): return x\n"}
    )
    assert identities(root) == []
    assert parsed == []


def test_only_files_that_matter_are_parsed(write, parsed):
    others = {f"other{i}.py": f"class Other{i}(dict):\n    def forward(self, x): return x\n" for i in range(20)}
    root = write({**others, "base.py": BASE, "a.py": "from base import Layer\nclass A(Layer): ...\n"})
    assert len(identities(root)) == 2
    assert len(parsed) == 2


def test_a_stub_in_a_base_parses_no_heir_that_defines_nothing(write, parsed):
    stub = "class Layer:\n    def forward(self, x): ...\n    def backward(self, g): raise NotImplementedError\n"
    root = write(
        {"base.py": stub, "a.py": "from base import Layer\nclass A(Layer):\n    def forward(self, x): return x\n"}
    )
    assert identities(root) == ["base.py::Layer"]
    assert len(parsed) == 1
