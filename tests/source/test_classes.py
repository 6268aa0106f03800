from __future__ import annotations

import textwrap

import pytest

from gradcheck.source.classes import classes_in
from gradcheck.source.model import Method, Parameter
from gradcheck.source.parse import parse


def classes(source):
    return {fact.qualname: fact for fact in classes_in(parse(textwrap.dedent(source)), "pkg/layers.py")}


def only(source):
    (fact,) = classes(source).values()
    return fact


def body(source):
    return only(f"class A:\n    def forward(self, x):\n{textwrap.indent(textwrap.dedent(source), ' ' * 8)}").methods[
        "forward"
    ]


def test_a_method_keeps_its_place_and_loses_self():
    fact = only(
        """
        class Linear(Layer):
            def forward(self, x: int, *, train=True):
                return x

            def backward(self, grad):
                dx = grad
                return dx
        """
    )
    assert (fact.path, fact.line, fact.bases) == ("pkg/layers.py", 2, ("Layer",))
    assert fact.methods["forward"].method == Method(
        name="forward",
        path="pkg/layers.py",
        line=3,
        end_line=4,
        parameters=(Parameter(name="x", annotation="int"), Parameter(name="train", has_default=True)),
    )
    assert (fact.methods["backward"].method.line, fact.methods["backward"].method.end_line) == (6, 8)


def test_required_parameters_are_those_a_caller_must_give():
    method = only("class A:\n    def f(self, x, y=1, *a, **k): ...\n").methods["f"].method
    assert [parameter.name for parameter in method.required] == ["x"]


def test_static_and_class_methods_are_static():
    fact = only(
        """
        class A:
            @staticmethod
            def forward(ctx, x): return x
            @classmethod
            def backward(cls, ctx, g): return g
            @torch.no_grad()
            @staticmethod
            def third(x): return x
            def fourth(self): return 1
        """
    )
    assert {name: found.method.is_static for name, found in fact.methods.items()} == {
        "forward": True,
        "backward": True,
        "third": True,
        "fourth": False,
    }
    assert [p.name for p in fact.methods["forward"].method.parameters] == ["ctx", "x"]
    assert [p.name for p in fact.methods["backward"].method.parameters] == ["ctx", "g"]


@pytest.mark.parametrize(
    ("source", "raises"),
    [
        ("pass", False),
        ("...", False),
        ('"""What it does."""', False),
        ("raise NotImplementedError", True),
        ('"""Doc."""\nraise NotImplementedError("forward")', True),
        ('message = f"{x}"\nraise NotImplementedError(message)', True),
        ("raise NotImplemented", True),
        ("return NotImplemented", True),
        ("# nothing yet\npass", False),
        ("del x\nraise exceptions.NotImplementedError", True),
        ("raise AbstractMethodError(self)", True),
    ],
)
def test_a_body_that_does_nothing_is_a_stub(source, raises):
    found = body(source)
    assert found.method.is_stub
    assert found.raises is raises


@pytest.mark.parametrize(
    "source",
    [
        "return x",
        "return None",
        "if x is None:\n    raise NotImplementedError\nreturn x",
        "raise ValueError(x)",
        "self.x = x",
        "self.f(x)",
        "y = x",
    ],
)
def test_a_body_that_does_something_is_none(source):
    found = body(source)
    assert not found.method.is_stub
    assert not found.raises


def test_calls_on_the_own_object_are_listed_and_no_others():
    found = body(
        '"""self.documented()"""\n# self.commented()\nself.hook(x)\n'
        "return self.a.b() + f(self) + other.g() + self.second(self.third())"
    )
    assert found.calls == {"hook", "second", "third"}


def test_calls_are_seen_whatever_self_is_called():
    fact = only("class A:\n    def forward(this, x): return this.hook(x)\n")
    assert fact.methods["forward"].calls == {"hook"}


def test_nested_classes_have_dotted_names_and_local_ones_are_marked():
    found = classes(
        """
        class Outer:
            class Inner(Base):
                class Core: ...
        def make():
            class Local: ...
        if True:
            class Conditional: ...
        """
    )
    assert list(found) == ["Outer", "Outer.Inner", "Outer.Inner.Core", "make.<locals>.Local", "Conditional"]
    assert found["Outer.Inner"].name == "Inner"


@pytest.mark.parametrize(
    ("header", "bases", "names", "metaclass"),
    [
        ("A", (), (), ""),
        ("A()", (), (), ""),
        ("A(Base, pkg.Other)", ("Base", "pkg.Other"), ("Base", "pkg.Other"), ""),
        ("A(Base[int], metaclass=abc.ABCMeta)", ("Base[int]",), ("Base",), "abc.ABCMeta"),
        ("A(make(1))", ("make(1)",), (), ""),
        ("A(six.with_metaclass(Meta, Base))", ("Base",), ("Base",), "Meta"),
        ("A(*bases, **options)", (), (), ""),
        ("A(\n    Base,  # why\n)", ("Base",), ("Base",), ""),
        ("A[T](Base)", ("Base",), ("Base",), ""),
    ],
)
def test_bases_are_kept_as_written_and_by_name(header, bases, names, metaclass):
    fact = only(f"class {header}:\n    pass\n")
    assert (fact.bases, fact.base_names, fact.metaclass) == (bases, names, metaclass)


def test_methods_behind_conditions_are_found_and_the_last_definition_counts():
    fact = only(
        """
        class A:
            def forward(self, x): ...
            if FAST:
                def backward(self, fast): return fast
            else:
                def backward(self, slow): return slow
            try:
                def forward(self, y): return y
            finally:
                pass
        """
    )
    assert [p.name for p in fact.methods["forward"].method.parameters] == ["y"]
    assert [p.name for p in fact.methods["backward"].method.parameters] == ["slow"]


def test_a_name_given_to_a_method_is_a_method_too():
    fact = only("class A:\n    def forward(self, x): return x\n    __call__ = forward\n    backward = outside\n")
    assert fact.methods["__call__"].method.name == "__call__"
    assert fact.methods["__call__"].method.line == 2
    assert "backward" not in fact.methods
    assert fact.attributes == {"backward"}


def test_a_later_attribute_replaces_a_method():
    fact = only("class A:\n    def backward(self, g): return g\n    backward = None\n")
    assert dict(fact.methods) == {}


def test_an_annotation_alone_defines_nothing():
    assert only("class A:\n    backward: object\n").attributes == frozenset()


def test_abstract_methods_and_properties_are_listed():
    fact = only(
        """
        class A:
            @abc.abstractmethod
            def forward(self, x): ...
            @property
            @abstractmethod
            def size(self): ...
            @property
            def plain(self): return 1
        """
    )
    assert fact.abstract == {"forward", "size"}
    assert fact.attributes == {"size", "plain"}


def test_broken_syntax_hides_neither_the_methods_before_it_nor_the_classes_after_it():
    found = classes(
        """
        class A:
            def forward(self, x):
                return = x
            def backward(self, g):
                return g
        <<<<<<< HEAD
        class B:
            def forward(self, x):
                return x
        >>>>>>> other
        class C:
            def forward(self, x): return x
            def backward(self, g): return g
        """
    )
    assert set(found) == {"A", "B", "C"}
    assert set(found["A"].methods) == {"forward", "backward"}
    assert set(found["C"].methods) == {"forward", "backward"}
