from __future__ import annotations

import pytest

from gradcheck.source.methods import PAIRS
from gradcheck.source.prefilter import Header, class_names, defines_backward, defines_forward, headers


@pytest.mark.parametrize("names", PAIRS, ids="/".join)
def test_every_pair_of_the_table_passes(names):
    forward, backward = names
    source = f"class A:\n    def {forward}(self, x): ...\n    def {backward}(self, g): ...\n".encode()
    assert defines_backward(source)
    assert defines_forward(source)


@pytest.mark.parametrize(
    "source",
    [
        b"class A:\n\tasync def backward(self): ...\n",
        b"class A:\n    def  backward (self): ...\n",
        b"class A:\r    def backward(self): ...\r",
        b"class Op:\n    def perform(self, node, inputs, outputs): ...\n    def grad(self, x, g): ...\n",
    ],
)
def test_odd_spellings_pass(source):
    assert defines_backward(source)


@pytest.mark.parametrize(
    "source",
    [
        b"class A:\n    def forward(self, x): ...\n",
        b"loss.backward()\nclass A: ...\n",
        b"class A:\n    def backward_hook(self): ...\n",
        b"def backward(grad): ...\n",
        b"",
    ],
)
def test_files_without_a_backward_method_do_not_pass(source):
    assert not defines_backward(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"class A(Base):", Header(name="A", bases=("Base",))),
        (b"class A(pkg.Base, Mixin, metaclass=Meta):", Header(name="A", bases=("pkg.Base", "Mixin", "Meta"))),
        (b"class A(\n    Base,  # the (one) base\n):", Header(name="A", bases=("Base",))),
        (b"class A[T](Base[T]):", Header(name="A", bases=("Base", "T"))),
        (b"class A(with_metaclass(Meta, Base)):", Header(name="A", bases=("with_metaclass", "Meta", "Base"))),
        ("class Cálculo(Básico):".encode(), Header(name="Cálculo", bases=("Básico",))),
        (b"class A:", Header(name="A", bases=())),
        (b"class A():", Header(name="A", bases=())),
        (b"class A(object):", Header(name="A", bases=())),
        (b"class A(Base) \\\n :", Header(name="A", bases=("Base",))),
    ],
)
def test_a_class_line_gives_its_name_and_bases(source, expected):
    assert headers(source) == (expected,)


def test_an_unclosed_parenthesis_costs_no_time():
    assert headers(b"class A(" + b"Base, " * 50_000) == ()


def test_class_names_are_found_with_and_without_bases():
    assert class_names(b"class A:\n  class B(A): ...\n") == {"A", "B"}
