from __future__ import annotations

import pytest

from gradcheck.errors import UsageError
from gradcheck.marking import case, identities


def make():
    return "layer", "inputs"


def test_a_mark_returns_the_function_itself_and_leaves_it_callable():
    assert case("src/layers.py::Conv2d")(make) is make
    assert make() == ("layer", "inputs")


def test_a_mark_is_read_back():
    @case("src/layers.py::Conv2d")
    def conv2d():
        return make()

    assert identities(conv2d) == ("src/layers.py::Conv2d",)


def test_several_marks_are_kept_in_the_order_they_were_applied():
    @case("b.py::B.Inner")
    @case("a.py::A")
    def both():
        return make()

    assert identities(both) == ("a.py::A", "b.py::B.Inner")


@pytest.mark.parametrize("unmarked", [lambda: None, object(), None])
def test_what_was_not_marked_has_no_identities(unmarked):
    assert identities(unmarked) == ()


@pytest.mark.parametrize(
    "wrong", ["Conv2d", "src/layers.py", "src/layers.py::", "::Conv2d", "src\\layers.py::Conv2d", 3]
)
def test_a_wrong_identity_is_refused_in_one_line_that_shows_it_and_the_right_form(wrong):
    with pytest.raises(UsageError) as refusal:
        case(wrong)
    message = str(refusal.value)
    assert repr(wrong) in message
    assert "src/layers.py::Conv2d" in message
    assert "\n" not in message


def test_the_decorator_without_an_identity_is_refused():
    with pytest.raises(UsageError, match="identity of a layer"):
        case(make)
