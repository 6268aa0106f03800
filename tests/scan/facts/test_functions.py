"""Functions as lists of statements."""

from __future__ import annotations

import re

from gradcheck.scan.documents import document
from gradcheck.scan.facts.functions import Function, every_function, functions_with
from gradcheck.scan.facts.module import Module
from gradcheck.scan.facts.project import Project


def module(text):
    return Module(document(text.encode(), "example.py"), Project())


def function(text):
    return every_function(module(text))[1]


def test_a_statement_is_told_without_comments_and_needless_spaces():
    found = function("def f(x):\n    y = x * 1.0 + 2.5  # why\n    return not y\n").statements
    assert [(one.target, one.operator, one.value) for one in found] == [("y", "=", "x*1+2.5"), ("return", "", "not y")]


def test_a_chain_of_assignments_is_several_statements_with_one_value():
    found = function("def f():\n    a = b = c\n").statements
    assert [(one.target, one.value) for one in found] == [("a", "c"), ("b", "c")]


def test_a_statement_knows_the_loops_and_conditions_around_it():
    found = function(
        "def f(x):\n    for i in x:\n        if i > 0:\n            y = i\n        else:\n            z = i\n"
    )
    first, second = found.statements
    assert len(first.loops) == len(second.loops) == 1
    assert first.conditions == ("i>0",)


def test_statements_of_nested_functions_are_their_own():
    outer = function("def f():\n    a = 1\n\n    def g():\n        b = 2\n\n    return g\n")
    assert [one.target for one in outer.statements] == ["a", "return"]
    assert [one.target for one in outer.nested[0].statements] == ["b"]


def test_self_counts_as_a_parameter_only_where_it_is_not_the_first():
    assert function("def f(self, x, *rest, y=1): pass\n").parameters == ("x", "y")
    assert function("def f(ctx, self, x: int): pass\n").parameters == ("ctx", "self", "x")


def test_parameters_without_a_default_are_required():
    found = function("def f(a, b: int, c=1, d: int = 2, **more): pass\n")
    assert (found.required, found.is_variadic) == (2, True)


def test_the_docstring_is_no_code():
    assert function('def f(x):\n    """mean( of x"""\n    return x\n').code == "return x"


def test_a_function_that_only_refuses_is_a_stub():
    assert function('def f(x):\n    """Soon."""\n    raise NotImplementedError("soon")\n').is_stub
    assert not function("def f(x):\n    return x\n").is_stub


def test_a_region_without_gradients_is_seen_in_any_item_of_with():
    text = "def f(x):\n    with lock, torch.no_grad():\n        y = x\n    z = x\n"
    first, second = function(text).statements
    assert first.is_without_gradient
    assert not second.is_without_gradient


def test_code_names_packages_as_usual():
    assert function("import numpy as jn\n\n\ndef f(x):\n    return jn.exp(x)\n").returns[0].value == "np.exp(x)"


def test_a_file_is_read_as_a_function_too():
    whole = every_function(module("a = 1\n\n\ndef f():\n    b = 2\n"))[0]
    assert isinstance(whole, Function)
    assert [one.target for one in whole.statements] == ["a"]


def test_functions_are_found_by_what_is_in_them():
    text = "def f(x):\n    return x.grad\n\n\ndef g(x):\n    return x\n"
    assert [one.name for one in functions_with(module(text), re.compile(r"x\.grad"))] == ["", "f"]


def test_functions_found_near_words_are_those_found_without_them():
    pattern = re.compile(r"=\s*[^\n]*\bexp\(")
    text = (
        "y = exp(1)\n\n\ndef f(x):\n    y =\n    exp(x)\n\n\ndef g(x):\n    return exp(x)\n\n\n"
        "class A:\n    def h(self):\n        a = 1\n        b = np.exp(a)\n"
    )
    found = [one.name for one in functions_with(module(text), pattern)]
    assert found == ["", "f", "h"]
    assert [one.name for one in functions_with(module(text), pattern, ("exp(",))] == found
