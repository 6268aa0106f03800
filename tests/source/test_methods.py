from __future__ import annotations

import pytest

from gradcheck.source.methods import PAIRS, choose


def chosen(names, stubs=()):
    return choose(names.__contains__, stubs.__contains__)


@pytest.mark.parametrize("pair", PAIRS, ids="/".join)
def test_every_pair_is_found_on_its_own(pair):
    assert chosen(set(pair)) == pair


def test_the_order_of_the_table_decides():
    assert chosen({"forward", "backward", "_forward", "_backward", "__call__"}) == ("forward", "backward")
    assert chosen({"__call__", "backward", "backprop"}) == ("__call__", "backprop")


def test_a_written_pair_goes_before_a_stub():
    names = {"forward", "backward", "fprop", "bprop"}
    assert chosen(names, {"forward"}) == ("fprop", "bprop")
    assert chosen(names, {"bprop"}) == ("forward", "backward")
    assert chosen(names, names) == ("forward", "backward")


def test_names_of_two_rows_still_make_a_pair():
    assert chosen({"forward_pass", "backprop"}) == ("forward_pass", "backprop")


@pytest.mark.parametrize("names", [{"forward"}, {"backward"}, {"call", "bprop"}, {"perform", "backward"}, set()])
def test_what_is_no_pair_is_none(names):
    assert chosen(names) is None


def test_the_pairs_of_other_frameworks_come_last():
    assert chosen({"perform", "L_op"}) == ("perform", "L_op")
    assert chosen({"perform", "grad", "forward", "backward"}) == ("forward", "backward")
