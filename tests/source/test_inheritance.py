from __future__ import annotations

import pytest

from gradcheck.source.inheritance import Inheritance
from gradcheck.source.repository import Repository

BASE = "class Layer:\n    def forward(self, x): return x\n    def backward(self, g): return g\n"


@pytest.fixture
def lineage(write):
    """The lineage of one class: names of its ancestors inside, names of those outside."""

    def found(files, path, qualname):
        root = write(files)
        repository = Repository(root)
        fact = [c for c in repository.facts((root / path).as_posix()).classes if c.qualname == qualname][-1]
        return Inheritance(repository).lineage(fact)

    return found


def homes(found):
    return [f"{fact.path}::{fact.qualname}" for fact in found.classes]


CONV = "\nclass Conv(Layer): ..."
HANDS_ON = {"pkg/__init__.py": "from .base import Layer", "pkg/base.py": BASE}
STARS = {"pkg/__init__.py": "from .base import *", "pkg/base.py": BASE}
MODULES = {"core/__init__.py": "from . import base", "core/base.py": BASE}


@pytest.mark.parametrize(
    ("files", "source"),
    [
        ({"pkg/base.py": BASE}, "from .base import Layer" + CONV),
        ({"pkg/base.py": BASE}, "from .base import Layer as L\nclass Conv(L): ..."),
        ({"pkg/base.py": BASE}, "from . import base\nclass Conv(base.Layer): ..."),
        ({"pkg/base.py": BASE}, "import base\nclass Conv(base.Layer): ..."),
        ({"pkg/base.py": BASE}, "from base import *" + CONV),
        ({"pkg/base.py": BASE}, "from pkg.base import Layer\nclass Conv(Layer[int]): ..."),
        ({"pkg/base.py": BASE}, "import pkg.base\nclass Conv(pkg.base.Layer): ..."),
        ({"pkg/base.py": BASE}, "import pkg.base as b\nclass Conv(b.Layer): ..."),
        ({"pkg/base.py": BASE}, "def f():\n    from .base import Layer" + CONV),
        ({"core/base.py": BASE}, "from core.base import Layer" + CONV),
        ({"core/base.py": BASE}, "from core import base\nclass Conv(base.Layer): ..."),
        ({"src/core/base.py": BASE}, "from core.base import Layer" + CONV),
        ({"lib/deep/core/base.py": BASE}, "from core.base import Layer" + CONV),
        ({"pkg/__init__.py": BASE}, "from . import Layer" + CONV),
        (HANDS_ON, "from . import Layer" + CONV),
        (STARS, "from pkg import Layer" + CONV),
        (MODULES, "import core\nclass Conv(core.base.Layer): ..."),
        ({"pkg/base.py": BASE + "Module = Layer\n"}, "from .base import Module\nclass Conv(Module): ..."),
        (
            {"pkg/base.py": BASE},
            "try:\n    from gone import Layer\nexcept ImportError:\n    from .base import Layer" + CONV,
        ),
        ({"pkg/base.py": BASE}, "from .base import Layer as _L\nLayer = _L" + CONV),
    ],
)
def test_a_base_in_another_file_is_found(lineage, files, source):
    found = lineage({**files, "pkg/layers.py": source + "\n"}, "pkg/layers.py", "Conv")
    assert [name.rpartition("::")[2] for name in homes(found)] == ["Conv", "Layer"]
    assert found.outside == ()
    assert found.find("backward").method.line == 3


def test_a_base_in_the_same_file_is_the_nearest_above(lineage):
    source = (
        "class Layer: ...\nclass Layer:\n    def forward(self, x): return x\nclass Conv(Layer): ...\nclass Layer: ...\n"
    )
    found = lineage({"a.py": source}, "a.py", "Conv")
    assert [fact.line for fact in found.classes] == [4, 2]


def test_a_class_may_have_the_name_of_its_imported_base(lineage):
    found = lineage({"base.py": BASE, "a.py": "from base import Layer\nclass Layer(Layer): ...\n"}, "a.py", "Layer")
    assert homes(found) == ["a.py::Layer", "base.py::Layer"]


def test_a_nested_base_is_seen_from_its_own_class(lineage):
    source = (
        "class Core: ...\n"
        "class Outer:\n    class Core:\n        def forward(self, x): return x\n    class Inner(Core): ...\n"
    )
    assert homes(lineage({"a.py": source}, "a.py", "Outer.Inner")) == ["a.py::Outer.Inner", "a.py::Outer.Core"]


def test_a_nested_class_may_inherit_from_one_of_the_module(lineage):
    source = "class Core: ...\nclass Outer:\n    class Inner(Core): ...\n"
    assert homes(lineage({"a.py": source}, "a.py", "Outer.Inner")) == ["a.py::Outer.Inner", "a.py::Core"]


def test_a_nested_base_of_another_module_is_found(lineage):
    files = {"base.py": "class Outer:\n    class Core: ...\n", "a.py": "import base\nclass A(base.Outer.Core): ...\n"}
    assert homes(lineage(files, "a.py", "A")) == ["a.py::A", "base.py::Outer.Core"]


def test_a_chain_of_files_is_followed_to_its_end(lineage):
    files = {f"m{i}.py": f"from m{i + 1} import C{i + 1}\nclass C{i}(C{i + 1}): ...\n" for i in range(20)}
    found = lineage({**files, "m20.py": "class C20: ...\n"}, "m0.py", "C0")
    assert len(found.classes) == 21


def test_a_shared_base_comes_after_all_that_share_it(lineage):
    source = (
        "class Top:\n    def f(self): ...\n"
        "class A(Top): ...\n"
        "class B(Top):\n    def f(self): return 1\n"
        "class C(A, B): ...\n"
    )
    found = lineage({"a.py": source}, "a.py", "C")
    assert [fact.name for fact in found.classes] == ["C", "A", "B", "Top"]
    assert found.find("f").method.line == 5


@pytest.mark.parametrize(
    ("header", "outside"),
    [
        ("from torch.autograd import Function\nclass A(Function): ...", "torch.autograd.Function"),
        ("import torch.nn as nn\nclass A(nn.Module): ...", "torch.nn.Module"),
        ("from torch.autograd import *\nclass A(Function): ...", "torch.autograd.Function"),
        ("class A(object): ...", "object"),
        ("from base import *\nclass A(Exception): ...", "Exception"),
        ("class A(Unknown): ...", "Unknown"),
    ],
)
def test_a_base_outside_is_known_by_its_whole_name(lineage, header, outside):
    found = lineage({"a.py": header + "\n"}, "a.py", "A")
    assert (len(found.classes), found.outside) == (1, (outside,))


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": "from b import B\nclass A(B): ...\n", "b.py": "from a import A\nclass B(A): ...\n"},
        {"a.py": "from b import B\nclass A(B): ...\n", "b.py": "from a import B\n"},
        {"a.py": "from a import *\nfrom b import *\nclass A(B): ...\n", "b.py": "from a import *\n"},
        {"a.py": "B = A.B\nclass A(B): ...\n"},
        {"a.py": "from .a import B\nclass A(B): ...\n", "__init__.py": "from .a import a\n"},
        {"a.py": "class A(A): ...\n"},
    ],
)
def test_circles_end(lineage, files):
    assert lineage(files, "a.py", "A").classes[0].name == "A"


def test_a_very_long_chain_does_not_end_in_a_traceback(lineage):
    source = "class C0: ...\n" + "".join(f"class C{i}(C{i - 1}): ...\n" for i in range(1, 3000))
    found = lineage({"a.py": source}, "a.py", "C2999")
    assert found.classes[1].name == "C2998"


def test_an_attribute_hides_an_inherited_method(lineage):
    found = lineage({"a.py": BASE + "class A(Layer):\n    backward = None\n"}, "a.py", "A")
    assert found.find("backward") is None
    assert found.find("forward") is not None


def test_a_package_that_hands_names_on_is_never_parsed(write, monkeypatch):
    from gradcheck.source import repository as module

    root = write(
        {
            "pkg/__init__.py": "from .base import Layer\n",
            "pkg/base.py": BASE,
            "pkg/other.py": "class Other: ...\n",
            "a.py": "from pkg import Layer\nclass A(Layer): ...\n",
        }
    )
    parsed = []
    parse = module.parse
    monkeypatch.setattr(module, "parse", lambda text: parsed.append(text) or parse(text))
    repository = Repository(root)
    (fact,) = repository.facts((root / "a.py").as_posix()).classes
    assert len(Inheritance(repository).lineage(fact).classes) == 2
    assert len(parsed) == 2
