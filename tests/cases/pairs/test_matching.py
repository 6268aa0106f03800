"""Gradients find their variables by name, then by shape, then in each order that shapes leave open."""

import numpy as np

from gradcheck.cases.pairs.matching import in_order, owners, unmatched

x, w, h = np.zeros((4, 3)), np.zeros((3, 2)), np.zeros((4, 3))


def test_names_go_before_shapes_and_order():
    parts = [((0,), h), ((1,), x)]
    assert next(owners(parts, ("dh", "dx"), {"x": x, "h": h})) == {"x": (1,), "h": (0,)}


def test_keys_of_a_dictionary_are_names():
    parts = [(("dW",), w), (("dx",), x)]
    assert next(owners(parts, (), {"x": x, "W": w})) == {"x": ("dx",), "W": ("dW",)}


def test_without_names_shapes_decide_and_equal_ones_are_tried_in_each_order():
    parts = [((0,), h), ((1,), w), ((2,), x)]
    found = list(owners(parts, (), {"x": x, "W": w, "h": h}))
    assert found == [{"x": (0,), "W": (1,), "h": (2,)}, {"x": (2,), "W": (1,), "h": (0,)}]


def test_a_variable_without_a_gradient_is_left_out():
    assert next(owners([((0,), w)], (), {"x": x, "W": w})) == {"W": (0,)}


def test_a_lone_gradient_of_another_shape_belongs_to_the_lone_variable():
    assert next(owners([(None, np.zeros(4))], (), {"x": x})) == {"x": None}


def test_a_framework_hands_gradients_out_by_place():
    parts = [((0,), h), ((2,), x)]
    assert next(in_order(parts, ("x", "axis", "h"), {"x": x, "h": h})) == {"x": (0,), "h": (2,)}
    assert next(in_order([(None, x)], ("x", "axis"), {"x": x})) == {"x": None}


def test_the_gradients_of_a_list_stand_in_a_list_of_their_own_or_side_by_side():
    items = {"xs[0]": x, "xs[1]": h}
    found = {"xs[0]": (0, 0), "xs[1]": (0, 1)}
    assert next(in_order([((0, 0), x), ((0, 1), h)], ("xs", "axis"), items)) == found
    assert next(in_order([((0,), x), ((1,), h)], ("xs", "axis"), items)) == {"xs[0]": (0,), "xs[1]": (1,)}


def test_a_gradient_of_an_odd_shape_is_told_by_its_name_or_its_place():
    parts = [((0,), x), ((1,), np.zeros(3))]
    assert unmatched(parts, ("dx", "dw"), {"x": (0,)}, {"x": x, "w": w}) == {"w": (3,)}
    assert unmatched(parts, ("", ""), {"x": (0,)}, {"x": x, "w": w}) == {"w": (3,)}
    assert unmatched(parts, ("dx", "loss"), {"x": (0,)}, {"x": x, "w": w}) == {}
