from __future__ import annotations

import numpy as np
import pytest

from gradcheck.cases.running.calling import Argument, Calling, arrange, output_of
from gradcheck.errors import BuildError

X, T = np.arange(6.0).reshape(2, 3), np.array([0, 1])


class Recorder:
    """A layer that keeps what its methods were called with."""

    def __init__(self, answer=None):
        self.answer = answer
        self.called = []

    def forward(self, x, targets=None):
        self.called.append((x, targets))
        return self.answer

    def backward(self, *arguments, **named):
        self.called.append((arguments, named))
        return "gradients"


def calling(plan=(), **arguments):
    return Calling(forward="forward", backward="backward", arguments=arguments, differentiable=("x",), plan=tuple(plan))


def test_forward_is_handed_copies_and_primals_in_place_of_its_arguments():
    layer = Recorder(answer="raw")
    raw, given = calling(x=X, targets=T).run_forward(layer, {"x": 2.0 * X})
    (x, targets) = layer.called[0]
    assert raw == "raw"
    assert np.array_equal(x, 2.0 * X)
    assert np.array_equal(targets, T)
    assert targets is not T
    assert given["x"] is x
    assert given["targets"] is targets


@pytest.mark.parametrize("value", [[1.0, 2.0], {"h": [0.0]}, [np.zeros(2)]], ids=["list", "dict", "list of arrays"])
def test_what_is_no_array_is_handed_over_as_a_copy_as_well(value):
    layer = Recorder()
    calling(x=X, targets=value).run_forward(layer, {})
    handed = layer.called[0][1]
    assert handed is not value
    assert repr(handed) == repr(value)


def positional_only(a, /, b):
    """Takes its first argument by position only."""


def keyword_only(a, *, b):
    """Takes its second argument by name only."""


def starred(*inputs):
    """Takes any number."""


def with_default(a, b=None):
    """Has an optional argument."""


def anything(a, **rest):
    """Takes any name."""


@pytest.mark.parametrize(
    ("method", "given", "positional", "keywords"),
    [
        (positional_only, {"a": 1, "b": 2}, [1, 2], {}),
        (keyword_only, {"a": 1, "b": 2}, [1], {"b": 2}),
        (starred, {"inputs0": 1, "inputs1": 2}, [1, 2], {}),
        (with_default, {"a": 1, "b": 2}, [1], {"b": 2}),
        (with_default, {"a": 1}, [1], {}),
        (np.add, {"x1": 1, "x2": 2}, [1, 2], {}),
    ],
    ids=["positional only", "keyword only", "starred", "optional", "optional left out", "built-in"],
)
def test_arguments_are_arranged_as_the_signature_asks(method, given, positional, keywords):
    assert arrange(method, given) == (positional, keywords)


def test_an_argument_that_only_a_starred_keyword_takes_is_handed_over_by_name():
    assert arrange(anything, {"a": 1, "mask": 2}) == ([1], {"mask": 2})


def test_backward_is_called_as_planned():
    plan = [
        Argument(name="dout", source="upstream"),
        Argument(name="x", source="input", of="x"),
        Argument(name="y", source="output"),
        Argument(name="lr", source="constant", constant=1.0, keyword=True),
    ]
    layer = Recorder()
    given = {"x": X}
    assert calling(plan, x=X).run_backward(layer, "upstream", 3.0 * X, given) == "gradients"
    ((arguments, named),) = layer.called
    assert arguments[0] == "upstream"
    assert arguments[1] is X
    assert np.array_equal(arguments[2], 3.0 * X)
    assert named == {"lr": 1.0}


@pytest.mark.parametrize(
    ("raw", "cache"), [((X, "cache"), "cache"), ((X, "a", "b"), ("a", "b"))], ids=["pair", "triple"]
)
def test_the_cache_is_what_forward_returned_beside_its_output(raw, cache):
    layer = Recorder()
    calling([Argument(name="cache", source="cache")], x=X).run_backward(layer, None, raw, {})
    assert layer.called == [((cache,), {})]


class Leaving:
    def __init__(self, **attributes):
        vars(self).update(attributes)


@pytest.mark.parametrize(
    ("raw", "layer", "shape"),
    [
        (X, Leaving(), (2, 3)),
        (X.astype(np.float32), Leaving(), (2, 3)),
        (1.5, Leaving(), ()),
        (np.float64(1.5), Leaving(), ()),
        (np.array(1.5), Leaving(), ()),
        ((X, "cache"), Leaving(), (2, 3)),
        ([X, X], Leaving(), (2, 3)),
        (None, Leaving(output=X), (2, 3)),
        (None, Leaving(a=X), (2, 3)),
        (None, Leaving(out=None, loss=0.5), ()),
    ],
    ids=[
        "array",
        "float32",
        "number",
        "NumPy number",
        "array of no axes",
        "with a cache",
        "list",
        "on an attribute",
        "on another",
        "a loss",
    ],
)
def test_the_output_is_found(raw, layer, shape):
    assert output_of(raw, layer).shape == shape


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (None, "NoneType"),
        ("text", "str"),
        (np.arange(3), "ndarray"),
        (True, "bool"),
        (np.zeros((0, 3)), "ndarray"),
        ({"y": X}, "dict"),
        (((X, X), X), "tuple"),
        (3, "int"),
    ],
    ids=["nothing", "text", "integers", "truth", "empty", "dict", "nested", "integer"],
)
def test_what_is_no_floating_point_output_is_refused_by_its_type(raw, told):
    with pytest.raises(BuildError, match=f"forward returned {told}, not a floating-point array"):
        output_of(raw, Leaving())
