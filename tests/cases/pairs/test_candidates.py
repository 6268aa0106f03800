"""Inputs are invented from the names of a forward's arguments: arrays that go together, dictionaries, whole numbers."""

import itertools

import numpy as np
import pytest

from gradcheck.cases.pairs.candidates import candidates, signature_of, takes_probabilities
from gradcheck.cases.pairs.dictionaries import keys_of, settings


def affine_forward(x, w, b):
    return x @ w + b


def conv_forward(x, w, b, conv_param):
    return conv_param["stride"], conv_param["pad"]


def handing_on_forward(x, w, b, conv_param):
    return conv_forward(x, w, b, conv_param)


def norm_forward(x, gamma, beta, bn_param):
    bn_param["running_mean"] = bn_param.get("running_mean", 0)
    return bn_param["mode"]


def cell_forward(xt, a_prev, parameters):
    return parameters["Wax"] @ xt + parameters["Waa"] @ a_prev + parameters["ba"]


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    return x @ Wx + prev_h @ Wh + b


def group_norm_forward(x, gamma, beta, G, gn_param):
    return x.reshape(len(x), G, -1)


def linear_loss(W, X, y, reg):
    return X @ W, y, reg


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (affine_forward, {"x": (4, 8), "w": (8, 5), "b": (5,)}),
        (rnn_step_forward, {"x": (4, 8), "prev_h": (4, 6), "Wx": (8, 6), "Wh": (6, 6), "b": (6,)}),
        (conv_forward, {"x": (4, 3, 7, 7), "w": (2, 3, 3, 3), "b": (2,)}),
        (group_norm_forward, {"x": (4, 4, 7, 7), "gamma": (1, 4, 1, 1), "beta": (1, 4, 1, 1)}),
        (linear_loss, {"W": (8, 5), "X": (4, 8), "y": (4,)}),
    ],
)
def test_the_first_guess_has_shapes_that_go_together(function, shapes):
    first = next(candidates(function, function.__name__, 0))
    assert {name: first.arguments[name].shape for name in shapes} == shapes


def test_every_guess_that_a_function_accepts_is_among_the_first_few():
    accepted = 0
    for inputs in itertools.islice(candidates(cell_forward, "cell_forward", 0), 200):
        given = dict(inputs.arguments)
        packed = {key: given[f"parameters.{key}"] for key in ("Wax", "Waa", "ba")}
        try:
            accepted += cell_forward(given["xt"], given["a_prev"], packed).shape == given["a_prev"].shape
        except ValueError:
            continue
    assert accepted


def test_a_dictionary_of_arrays_is_taken_apart_and_one_of_settings_is_not():
    assert signature_of(cell_forward).packed == {
        "parameters": {"Wax": "parameters.Wax", "Waa": "parameters.Waa", "ba": "parameters.ba"}
    }
    assert signature_of(conv_forward).packed == {}


def test_keys_are_read_through_the_functions_a_dictionary_is_handed_on_to():
    assert keys_of(handing_on_forward, "conv_param") == ("stride", "pad")


def test_keys_that_a_function_writes_itself_are_not_handed_over():
    assert "running_mean" not in next(settings("bn_param", keys_of(norm_forward, "bn_param")))
    assert next(settings("bn_param", keys_of(norm_forward, "bn_param")))["mode"] == "train"


def test_a_stride_is_below_the_window_first():
    first = next(settings("pool_param", ("pool_height", "pool_width", "stride")))
    assert first["stride"] < first["pool_height"]


def test_a_penalty_is_not_nothing():
    assert next(candidates(linear_loss, "linear_loss", 0)).arguments["reg"] > 0


def test_the_logarithm_of_a_prediction_asks_for_probabilities():
    def likelihood_loss(y_true, y_pred):
        return -np.sum(y_true * np.log(y_pred))

    def logits_loss(y_true, y_pred):
        return np.sum(np.log(np.exp(y_pred).sum()))

    assert takes_probabilities(likelihood_loss)
    assert not takes_probabilities(logits_loss)
