from __future__ import annotations

from gradcheck.cases.guessing.construct import Construction
from gradcheck.choosing import Recipe
from gradcheck.constructing import first_accepting, recalled

GUESSES = [Construction(arguments={"n": n}, code=f"Layer({n})") for n in range(5)]


def number(construction):
    if construction.arguments["n"] < 1:
        raise ValueError("too small")
    return construction.arguments["n"]


def takes(*numbers):
    return lambda made, _, position: ((made, position), "") if made in numbers else (None, f"{made} takes nothing")


def search(guesses, choose, **options):
    return first_accepting(guesses, number, choose, root="", **options)


def test_the_first_object_that_accepts_an_input_is_taken():
    assert search(GUESSES, takes(3, 4)) == ((3, 3), "")


def test_what_is_told_is_the_first_object_that_was_made():
    assert search(GUESSES, takes()) == (None, "Layer(1) accepts none of the inputs tried; 1 takes nothing")
    assert search(GUESSES, takes(), telling=(1, 2)) == (
        None, "Layer(2) accepts none of the inputs tried; 2 takes nothing",
    )  # fmt: skip


def test_a_class_that_nothing_constructs_says_what_the_first_guess_raised():
    found, why = search(GUESSES[:1], takes())
    assert found is None
    assert why.startswith("could not be constructed: Layer(0) raises ValueError: too small")
    assert search([], takes()) == (None, "could not be constructed: its constructor was not understood")


def test_no_more_objects_are_made_than_may_be():
    assert search(GUESSES, takes(4), most=3)[0] is None
    assert search(GUESSES, takes(4), most=4)[0] == (4, 4)


def test_an_earlier_search_is_followed_and_nothing_else_is_tried():
    assert search(GUESSES, takes(2, 3), recipe=Recipe(construction=3, inputs=0)) == ((3, 3), "")
    assert search(GUESSES, takes(2), recipe=Recipe(construction=3, inputs=0))[0] is None
    inputs = [(0, "first"), (7, "second")]
    assert list(recalled(iter(inputs), Recipe(construction=3, inputs=7))) == [(7, "second")]
    assert list(recalled(iter(inputs), None)) == inputs
