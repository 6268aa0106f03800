"""Names of primals among forward's arguments."""

from __future__ import annotations

import numpy as np

from gradcheck.cases.running.items import array_of, names_of, owner, with_items

A, B = np.ones(2), np.zeros(3)


def test_an_array_is_named_after_its_argument_and_an_item_after_its_place():
    assert names_of("x", A) == ("x",)
    assert names_of("xs", [A, np.arange(2), B]) == ("xs[0]", "xs[2]")
    assert names_of("n", 3) == names_of("ids", np.arange(2)) == names_of("mixed", [A, 3]) == ()
    assert (owner("xs[2]"), owner("x")) == ("xs", "x")


def test_an_item_is_exchanged_in_a_list_of_its_own():
    arguments = {"xs": (A, B), "x": A}
    changed = with_items(arguments, {"xs[1]": A, "x": B})
    assert array_of(changed, "xs[1]") is A
    assert array_of(changed, "x") is B
    assert isinstance(changed["xs"], tuple)
    assert arguments["xs"] == (A, B)
