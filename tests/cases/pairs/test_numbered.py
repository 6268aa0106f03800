"""Numbered weights go on where those of the layer below end, and may lie side by side all the same."""

import itertools

from gradcheck.cases.pairs.candidates import candidates
from gradcheck.cases.pairs.numbered import chained, widths_of
from gradcheck.cases.pairs.wording import keys_read


def two_layer_forward(X, W1, b1, W2, b2):
    return (X @ W1 + b1) @ W2 + b2


def model_forward(X, parameters):
    for layer in range(1, 3):
        X = parameters["W" + str(layer)] @ X + parameters[f"b{layer}"]
    return X


def test_widths_follow_one_another_and_one_layer_has_none():
    assert widths_of(["X", "W1", "b1", "W2", "b2"]) == {"W1": (8, 5), "b1": (8, 5), "W2": (5, 6), "b2": (5, 6)}
    assert widths_of(["p.W1", "p.W2"]) == {"p.W1": (8, 5), "p.W2": (5, 6)}
    assert widths_of(["X", "W1", "b1"]) == {}


def test_shapes_are_those_of_the_layer_and_a_bias_is_no_number():
    assert chained(((8, 5), (5, 8), (8,)), "weight", (5, 6)) == ((5, 6), (6, 5), (5,))
    assert chained(((5,), ()), "bias", (5, 6)) == ((6,),)


def test_the_chain_comes_first_and_weights_side_by_side_follow():
    found = [{n: x.shape for n, x in one.arguments.items()} for one in candidates(two_layer_forward, "two_layer", 0)]
    assert found[0] == {"X": (4, 8), "W1": (8, 5), "b1": (5,), "W2": (5, 6), "b2": (6,)}
    assert {"X": (4, 8), "W1": (8, 5), "b1": (5,), "W2": (8, 5), "b2": (5,)} in found


def test_keys_made_in_a_loop_stand_for_two_layers():
    assert keys_read(model_forward, "parameters") == ("W1", "W2", "b1", "b2")
    columns = (one.arguments for one in itertools.islice(candidates(model_forward, "model_forward", 0), 400))
    wanted = {"parameters.W1": (5, 8), "parameters.W2": (6, 5), "parameters.b1": (5, 1), "parameters.b2": (6, 1)}
    assert any({name: given[name].shape for name in wanted} == wanted for given in columns)
