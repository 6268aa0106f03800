"""Which item of forward's answer an argument of backward is."""

from __future__ import annotations

import numpy as np

from gradcheck.cases.pairs.kept import kept

Y = np.ones(3)


def places(found, name):
    return [one.place for one in found.sure(name)], [one.place for one in found.possible(name)]


def test_as_many_arguments_as_items_go_by_place():
    found = kept((Y, Y > 0, Y * 2), (0,), ("", "", ""), (), ("mask", "slope"))
    assert (places(found, "mask"), places(found, "slope")) == (([1], []), ([2], []))


def test_an_item_whose_name_backward_asks_for_is_nobody_elses():
    found = kept((Y, Y, Y * 2), (0,), ("out", "kept", ""), ("kept",), ("slope",))
    assert places(found, "slope") == ([2], [])


def test_more_items_than_arguments_are_all_possible_and_a_shape_is_known_as_one():
    found = kept((Y, Y * 2, (3,)), (0,), ("", "", ""), (), ("slope",))
    assert places(found, "slope") == ([], [1, 2])
    assert places(found, "x_shape") == ([2], [])


def test_an_answer_that_is_no_tuple_keeps_nothing():
    assert places(kept(Y, (), (), (), ("mask",)), "mask") == ([], [])
