from __future__ import annotations

import pytest

from gradcheck.cases.gradients.names import Place, candidates, input_gradients, means_gradient_of, parse, plain


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("W", Place("", "W", is_item=False)),
        ("fc.W", Place("fc", "W", is_item=False)),
        ("blocks[0].fc.W", Place("blocks[0].fc", "W", is_item=False)),
        ("params[0]", Place("params", "0", is_item=True)),
        ("grads['W']", Place("grads", "W", is_item=True)),
        ("layers[1].grads['dW']", Place("layers[1].grads", "dW", is_item=True)),
        ("params['fc']['W']", Place("params['fc']", "W", is_item=True)),
    ],
)
def test_a_path_is_taken_apart_at_its_last_component(path, place):
    assert parse(path) == place


@pytest.mark.parametrize("name", ["grad_W", "gradW", "GRAD_w", "_grad_w_"])
def test_a_name_is_compared_without_case_and_underscores(name):
    assert plain(name) == "gradw"


@pytest.mark.parametrize(
    ("gradient", "parameter"),
    [
        ("dW", "W"),
        ("db", "b"),
        ("dw", "w"),
        ("_dw", "w"),
        ("dLdW", "W"),
        ("dL_dW", "W"),
        ("dJ_dW", "W"),
        ("dc_dw", "w"),
        ("grad_W", "W"),
        ("gradW", "W"),
        ("W_grad", "W"),
        ("w_gradient", "w"),
        ("gradient_w", "w"),
        ("W_bar", "W"),
        ("nabla_w", "w"),
        ("grad_weight", "weight"),
        ("weight_grad", "weight"),
        ("dweights", "weights"),
        ("dbiases", "biases"),
        ("dgamma", "gamma"),
        ("dbeta", "beta"),
        ("dWrx", "Wrx"),
        ("dW1", "W1"),
        ("dW", "weights"),
        ("grad_kernel", "W"),
        ("db", "bias"),
        ("grad_bias", "b"),
        ("dscale", "gamma"),
    ],
)
def test_a_name_reads_as_the_gradient_of_a_parameter(gradient, parameter):
    assert means_gradient_of(gradient, parameter)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("W", "W"),
        ("dW", "b"),
        ("dW1", "W"),
        ("dW", "W1"),
        ("dW2", "W1"),
        ("delta", "W"),
        ("decay", "W"),
        ("dropout", "W"),
        ("x", "W"),
        ("velocity_W", "W"),
        ("m_W", "W"),
        ("cache", "b"),
        ("dgamma", "beta"),
        ("d", ""),
    ],
)
def test_a_name_does_not_read_as_the_gradient_of_a_parameter(name, parameter):
    assert not means_gradient_of(name, parameter)


@pytest.mark.parametrize(
    ("parameter", "gradient"),
    [
        ("W", "dW"),
        ("W", "grads['W']"),
        ("W", "gradients['W']"),
        ("W", "grads['dW']"),
        ("W", "grad['W']"),
        ("params[0]", "grads[0]"),
        ("params['W']", "grads['W']"),
        ("params['W']", "grads['dW']"),
        ("params['W']", "dparams['W']"),
        ("parameters['W1']", "gradients['dW1']"),
        ("weights[1]", "dweights[1]"),
        ("weight.data", "weight.grad"),
        ("weight.value", "weight.gradient"),
        ("weight['val']", "weight['grad']"),
        ("params['W']", "dW"),
        ("fc.W", "fc.dW"),
        ("blocks[0].W", "blocks[0].dW"),
        ("fc.weight.data", "fc.weight.grad"),
        ("fc.params['W']", "fc.grads['W']"),
    ],
)
def test_the_place_of_a_gradient_is_found_by_name(parameter, gradient):
    assert candidates(parameter, [parameter, "cache", gradient, "x"]) == [gradient]


@pytest.mark.parametrize(
    ("parameter", "place"),
    [
        ("fc1.W", "fc2.dW"),
        ("W", "fc.dW"),
        ("params[0]", "grads[1]"),
        ("params['W']", "grads['b']"),
        ("params['W']", "m['W']"),
        ("weight.data", "bias.grad"),
        ("a.weight['val']", "b.weight['grad']"),
        ("blocks[0].params['W']", "blocks[1].grads['W']"),
    ],
)
def test_what_belongs_to_another_parameter_or_part_is_not_taken(parameter, place):
    assert candidates(parameter, [place]) == []


def test_exact_spellings_come_before_synonyms_and_short_names_first():
    places = ["grad_kernel", "grads['W']", "dW"]
    assert candidates("W", places) == ["dW", "grads['W']", "grad_kernel"]


def test_a_parameter_is_never_its_own_gradient():
    assert candidates("dW", ["dW"]) == []


@pytest.mark.parametrize(
    ("argument", "places", "found"),
    [
        ("inputs", ["weights", "dweights", "dinputs"], ["dinputs"]),
        ("x", ["x", "dx"], ["dx"]),
        ("X", ["grad_input"], ["grad_input"]),
        ("x", ["grad_input", "dx"], ["dx", "grad_input"]),
        ("x", ["fc.dx", "grads['x']"], []),
        ("z", ["dW", "db"], []),
    ],
)
def test_the_gradient_of_an_input_is_looked_for_among_the_layers_own_attributes(argument, places, found):
    assert input_gradients(argument, places) == found
