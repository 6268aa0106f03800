from __future__ import annotations

import numpy as np
import pytest

from gradcheck.cases.gradients.sources import (
    Aftermath,
    Source,
    as_array,
    input_sources,
    learning_rate_of,
    parameter_source,
    parts,
    returned_source,
)

X, W, B = np.ones((4, 8)), np.ones((8, 5)), np.ones(5)


def aftermath(returned=None, before=None, after=None):
    return Aftermath(returned=returned, before=before or {}, after=after or before or {})


@pytest.mark.parametrize(
    "value", [X, np.zeros((0, 3)), np.float32(2.0), 1.5], ids=["array", "empty", "scalar", "float"]
)
def test_arrays_and_numbers_are_arrays(value):
    assert as_array(value).shape == np.shape(value)


@pytest.mark.parametrize("value", [None, True, 1, "dW", [1.0, 2.0], np.array([None, X], dtype=object)], ids=repr)
def test_nothing_else_is_an_array(value):
    assert as_array(value) is None


@pytest.mark.parametrize(
    ("returned", "keys"),
    [
        (X, [None]),
        ((X, W, B), [(0,), (1,), (2,)]),
        ([X, None, B], [(0,), (2,)]),
        ({"x": X, "W": W}, [("x",), ("W",)]),
        ((X, {"dW": W, "db": B}), [(0,), (1, "dW"), (1, "db")]),
        ((X, (W, B)), [(0,), (1, 0), (1, 1)]),
        (None, []),
        ("text", []),
    ],
    ids=["array", "tuple", "list", "dict", "array and dict", "nested tuple", "nothing", "text"],
)
def test_every_array_that_was_returned_has_a_key(returned, keys):
    assert [key for key, _ in parts(returned)] == keys
    found = aftermath(returned)
    assert all(found.read(Source(kind="returned", key=key)) is not None for key in keys)


def test_a_key_that_is_not_there_reads_as_nothing():
    source = Source(kind="returned", key=(1, "dW"))
    assert [aftermath(returned).read(source) for returned in (X, (X,), (X, None), (X, {}))] == [None] * 4


def test_a_place_reads_what_it_holds_afterwards():
    held = aftermath(before={"dW": 0.0 * W}, after={"dW": 2.0 * W})
    assert np.array_equal(held.read(Source(kind="place", key="dW")), 2.0 * W)


def test_a_place_that_is_added_to_reads_its_growth():
    held = aftermath(before={"dW": 3.0 * W}, after={"dW": 5.0 * W})
    source = Source(kind="place", key="dW", accumulates=True)
    assert np.array_equal(held.read(source), 2.0 * W)
    assert np.array_equal(aftermath(before={"dW": None}, after={"dW": W}).read(source), W)
    assert np.array_equal(aftermath(before={"dW": B}, after={"dW": W}).read(source), W)


def test_an_update_reads_weights_before_less_weights_after_over_the_rate():
    held = aftermath(before={"W": 3.0 * W}, after={"W": 2.5 * W})
    assert np.array_equal(held.read(Source(kind="update", rate=0.5), "W"), W)
    assert aftermath(before={"W": W}, after={"W": B}).read(Source(kind="update"), "W") is None
    assert held.read(Source(kind="update"), "b") is None


@pytest.mark.parametrize(
    ("before", "after", "written"),
    [
        (W, W.copy(), False),
        (W, 2.0 * W, True),
        (W, B, True),
        (None, W, True),
        (W, None, True),
        (None, None, False),
        ("a", "b", False),
        (np.array([np.nan]), np.array([np.nan]), False),
        (0.0, 1.0, True),
    ],
    ids=["same", "values", "shape", "new", "gone", "nothing", "no array", "nan", "number"],
)
def test_a_place_was_written_where_its_array_changed(before, after, written):
    assert aftermath(before={"p": before}, after={"p": after}).was_written("p") is written


@pytest.mark.parametrize(
    ("returned", "inputs", "keys"),
    [
        (X, {"x": X}, {"x": None}),
        ((X, W, B), {"x": X}, {"x": (0,)}),
        ((W, B, X), {"x": X}, {"x": (2,)}),
        ({"dW": W, "dx": X}, {"x": X}, {"x": ("dx",)}),
        ((X, 2.0 * X), {"x": X, "h": X}, {"x": (0,), "h": (1,)}),
        ({"dh": X, "dx": 2.0 * X}, {"x": X, "h": X}, {"x": ("dx",), "h": ("dh",)}),
        (X.T, {"x": X}, {"x": None}),
        (None, {"x": X}, {}),
    ],
    ids=["array", "tuple", "by shape", "by key", "in order", "both by key", "wrong shape", "nothing"],
)
def test_the_gradient_of_an_input_is_found_by_key_then_by_shape_then_first(returned, inputs, keys):
    found = input_sources(aftermath(returned), inputs, {"W": W, "b": B})
    assert {name: source.key for name, source in found.items()} == keys


def test_the_gradient_of_an_input_is_found_on_an_attribute_where_nothing_is_returned():
    held = aftermath(None, before={"dinputs": None, "dweights": None}, after={"dinputs": X, "dweights": W})
    assert input_sources(held, {"inputs": X}, {"weights": W}) == {"inputs": Source(kind="place", key="dinputs")}


def test_an_attribute_left_from_before_is_taken_only_where_none_was_written():
    held = aftermath(None, before={"dx": X, "grad_input": X}, after={"dx": X, "grad_input": 2.0 * X})
    assert input_sources(held, {"x": X}, {})["x"].key == "grad_input"


def test_a_parameters_gradient_is_the_place_that_backward_wrote():
    held = aftermath(before={"W": W, "grad_W": W, "dW": W}, after={"W": W, "grad_W": 2.0 * W, "dW": W})
    assert parameter_source("W", ("W",), held) == Source(kind="place", key="grad_W")


def test_a_place_that_backward_did_not_write_is_taken_as_it_is():
    held = aftermath(before={"W": W, "dW": 0.0 * W})
    assert parameter_source("W", ("W",), held) == Source(kind="place", key="dW")


def test_a_place_that_stays_none_is_where_the_gradient_is_missing():
    held = aftermath(before={"W": W, "dW": None})
    assert parameter_source("W", ("W",), held) == Source(kind="place", key="dW")


def test_weights_that_moved_are_an_update_and_no_place():
    held = aftermath(before={"W": W, "dW": None}, after={"W": 0.5 * W, "dW": None})
    assert parameter_source("W", ("W",), held) is None


def test_weights_that_moved_beside_a_written_gradient_are_read_there():
    held = aftermath(before={"W": W, "dW": None}, after={"W": 0.5 * W, "dW": 5.0 * W})
    assert parameter_source("W", ("W",), held) == Source(kind="place", key="dW")


def test_every_name_of_a_shared_array_is_tried():
    held = aftermath(
        before={"W": W, "params[0]": W, "grads[0]": None}, after={"W": W, "params[0]": W, "grads[0]": 2.0 * W}
    )
    assert parameter_source("W", ("W", "params[0]"), held) == Source(kind="place", key="grads[0]")


def test_a_place_without_a_name_we_know_is_not_found_by_name():
    held = aftermath(before={"W": W, "hugo": None}, after={"W": W, "hugo": 2.0 * W})
    assert parameter_source("W", ("W",), held) is None


@pytest.mark.parametrize(
    ("returned", "taken", "key"),
    [
        ((X, W, B), [(0,)], (1,)),
        ((X, {"W": W, "b": B}), [(0,)], (1, "W")),
        ((X, {"dW": W}), [(0,)], (1, "dW")),
        ((X, B, W), [(0,)], (2,)),
        ((W, W), [(0,)], (1,)),
    ],
    ids=["by shape", "by name", "by gradient's name", "out of order", "next of two"],
)
def test_a_returned_parameter_gradient_is_found_by_key_then_by_shape(returned, taken, key):
    claimed = [Source(kind="returned", key=k) for k in taken]
    found = returned_source("W", W.shape, aftermath(returned), claimed)
    assert found == Source(kind="returned", key=key)


@pytest.mark.parametrize(
    "returned", [X, W, None, (X, B)], ids=["x alone", "one bare array", "nothing", "another shape"]
)
def test_a_bare_answer_is_no_parameters_gradient(returned):
    assert returned_source("W", W.shape, aftermath(returned), [Source(kind="returned", key=(0,))]) is None


class Rated:
    def __init__(self, **attributes):
        vars(self).update(attributes)


@pytest.mark.parametrize(
    ("layer", "handed", "rate"),
    [
        (Rated(lr=0.1), 1.0, 1.0),
        (Rated(lr=0.1), 0.0, 0.1),
        (Rated(learning_rate=0.01), 0.0, 0.01),
        (Rated(lr="fast"), 0.0, 1.0),
        (Rated(lr=0.0), 0.0, 1.0),
        (Rated(), 0.0, 1.0),
    ],
)
def test_the_rate_of_an_update_is_the_one_handed_over_else_the_layers_own_else_one(layer, handed, rate):
    assert learning_rate_of(layer, handed) == rate
