from __future__ import annotations

import pytest

from gradcheck.cases.states.modes import switch_arguments, switch_layer


class Part:
    def __init__(self, **flags):
        self.__dict__.update(flags)


@pytest.mark.parametrize(
    ("name", "value", "other", "mode"),
    [
        ("training", True, False, "evaluation"),
        ("training", False, True, "training"),
        ("is_train", True, False, "evaluation"),
        ("_train_flg", False, True, "training"),
        ("test_mode", False, True, "evaluation"),
        ("eval", True, False, "training"),
        ("mode", "train", "test", "evaluation"),
        ("mode", "eval", "train", "training"),
    ],
)
def test_a_flag_is_exchanged_and_the_new_mode_named(name, value, other, mode):
    layer = Part(**{name: value})
    assert switch_layer(layer) == mode
    assert getattr(layer, name) == other


@pytest.mark.parametrize(("name", "value"), [("trainable", True), ("training", 1), ("mode", "same"), ("tested", True)])
def test_what_only_looks_like_a_mode_is_left_alone(name, value):
    layer = Part(**{name: value})
    assert switch_layer(layer) == ""
    assert getattr(layer, name) == value


def test_parts_follow():
    layer = Part(training=True, parts=[Part(training=True), Part(training=True)])
    switch_layer(layer)
    assert [part.training for part in layer.parts] == [False, False]


def test_arguments_say_the_mode_by_themselves_or_in_a_dictionary():
    assert switch_arguments({"x": 1.0, "training": True}) == ({"training": False}, "evaluation")
    changed, mode = switch_arguments({"bn_param": {"mode": "train", "eps": 1e-5}})
    assert changed == {"bn_param": {"mode": "test", "eps": 1e-5}}
    assert mode == "evaluation"
    assert switch_arguments({"x": 1.0}) == ({}, "")
