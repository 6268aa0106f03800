"""Gradients written as functions are found by reading: pairs, values with gradients, objects with a derivative."""

import pytest

from gradcheck.source.discovery import find_layers
from gradcheck.source.pair_names import words


def found(write, text, name="layers.py"):
    sites = find_layers([write({name: text})]).sites
    return [(site.family, site.identity, site.forward.name, site.backward.name) for site in sites]


PAIR = "def {forward}(x, w):\n    return x * w\n\ndef {backward}({arguments}):\n    return dout\n"


@pytest.mark.parametrize(
    ("forward", "backward", "arguments"),
    [
        ("affine_forward", "affine_backward", "dout, cache"),
        ("conv_forward_naive", "conv_backward_naive", "dout, cache"),
        ("batchnorm_forward", "batchnorm_backward_alt", "dout, cache"),
        ("fc_fwd", "fc_bwd", "dy, x, w"),
        ("relu", "relu_backward", "dA, cache"),
        ("relu", "relu_grad", "x"),
        ("sigmoid", "sigmoid_prime", "x"),
        ("sigmoid", "sigmoidDerivative", "x"),
        ("sigmoid", "dsigmoid", "x"),
        ("tanh", "d_tanh", "x"),
        ("linear", "linear_deriv", "x, w"),
        ("layer_forward_propagation", "layer_back_propagation", "delta, x, w"),
    ],
)
def test_a_function_and_its_backward_or_derivative_are_one_site(write, forward, backward, arguments):
    text = PAIR.format(forward=forward, backward=backward, arguments=arguments)
    assert found(write, text) == [("pair", f"layers.py::{forward}", forward, backward)]


def test_a_second_backward_of_a_forward_has_its_own_name(write):
    text = (
        "def norm_forward(x, gamma):\n    return x, None\n"
        "def norm_backward(dout, cache):\n    return dout\n"
        "def norm_backward_alt(dout, cache):\n    return dout\n"
    )
    assert [identity for _, identity, _, _ in found(write, text)] == [
        "layers.py::norm_backward_alt",
        "layers.py::norm_forward",
    ]


@pytest.mark.parametrize("returned", ["loss, dx", "(loss, dx)", "J, grad", "cost, grads"])
def test_a_function_that_returns_its_loss_and_its_gradient_is_one(write, returned):
    text = f"def svm_loss(x, y):\n    return {returned}\n"
    assert found(write, text) == [("value_and_gradient", "layers.py::svm_loss", "svm_loss", "svm_loss")]
    for handed in ("dx / n", "dx * 2.0", "dx.reshape(x.shape)"):
        text = f"def svm_loss(x, y):\n    loss, dx, n = 1.0, x, 3\n    return loss, {handed}\n"
        assert len(found(write, text)) == 1, handed
    for handed in ("-dx", "(dx, dy)", "dx, -dy / n"):
        assert len(found(write, f"def svm_loss(x, y):\n    return loss, {handed}\n")) == 1, handed
    assert found(write, "def f_loss(x, y):\n    return loss, np.zeros(3)\n") == []


def test_a_loss_that_is_an_expression_counts_where_the_function_is_called_a_loss_and_the_gradient_after_an_argument(
    write,
):
    for name, handed in (("hinge_loss", "dscores / n"), ("hinge_loss", "grad"), ("cross_entropy", "(d_scores, dy)")):
        text = f"def {name}(scores, y):\n    return m.sum() / n, {handed}\n"
        assert found(write, text) == [("value_and_gradient", f"layers.py::{name}", name, name)], handed
    for name, handed in (("hinge_loss", "dist"), ("hinge_loss", "data"), ("statistics", "dscores")):
        assert found(write, f"def {name}(scores, y):\n    return m.sum() / n, {handed}\n") == [], handed


@pytest.mark.parametrize(
    ("value", "derivative"),
    [("fn", "grad"), ("__call__", "gradient"), ("function", "derivative"), ("f", "df"), ("loss", "loss_prime")],
)
def test_an_object_with_a_function_and_its_derivative_is_one(write, value, derivative):
    text = f"class A:\n    def {value}(self, x):\n        return x\n    def {derivative}(self, x):\n        return 1\n"
    assert found(write, text) == [("activation", "layers.py::A", value, derivative)]


def test_an_inherited_function_counts_where_the_class_has_its_derivative(write):
    text = (
        "class Base:\n    def __call__(self, x):\n        return self.fn(x)\n"
        "    def fn(self, x):\n        raise NotImplementedError\n"
        "    def grad(self, x):\n        raise NotImplementedError\n"
        "class A(Base):\n    def fn(self, x):\n        return x\n    def grad(self, x):\n        return 1\n"
    )
    assert found(write, text) == [("activation", "layers.py::A", "fn", "grad")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def eval_numerical_gradient(f, x):\n    return x\n", id="no forward beside it"),
        pytest.param("def roll(x):\n    return x\ndef roll_back(x):\n    return x\n", id="half of another word"),
        pytest.param(
            "def loss(x, y):\n    return x\ndef d_loss(real, fake):\n    return real\n", id="a discriminator's loss"
        ),
        pytest.param(
            "import torch\ndef relu(x):\n    return x\ndef relu_backward(dout, x):\n    return x\n",
            id="of torch's tensors",
        ),
        pytest.param("def call(x):\n    return x\ndef callback(event):\n    return event\n", id="a word of its own"),
        pytest.param(
            "def split(x, n):\n    return x\ndef dsplit(x, n):\n    return x\n", id="what numpy calls a split in depth"
        ),
        pytest.param(
            "def forward_propagation(X, parameters):\n    return X, X\n"
            "def backward_propagation(X, Y, cache):\n    return X\n",
            id="a network whose backward brings the loss",
        ),
        pytest.param(
            "class Add:\n    def compute(self, a, b):\n        return a\n"
            "    def __call__(self, a, b):\n        return a\n"
            "    def gradient(self, out_grad, node):\n        return out_grad\n",
            id="an operation of a graph",
        ),
        pytest.param("def train(model, epochs):\n    return loss, grads\n", id="a training"),
        pytest.param("def relu(x):\n    pass\ndef relu_grad(x):\n    pass\n", id="work not done yet"),
        pytest.param(
            "class ReLU:\n    def forward(self, x):\n        return x\n"
            "    def backward(self, dout):\n        return dout\n"
            "    def gradient(self, x):\n        return x\n",
            id="a layer, which is found as one",
        ),
    ],
)
def test_what_is_no_pair_is_none(write, text):
    assert [site for site in found(write, text) if site[0] != "instance"] == []


@pytest.mark.parametrize("name", ["test_layers.py", "gradient_check.py", "autograder/runner.py", "public_tests.py"])
def test_files_that_examine_gradients_hold_none_unless_they_are_named(write, name):
    text = PAIR.format(forward="relu", backward="relu_backward", arguments="dout, cache")
    root = write({name: text})
    assert find_layers([root]).sites == ()
    assert [site.identity for site in find_layers([root / name], root=root).sites] == [f"{name}::relu"]


def test_the_last_of_two_functions_of_one_name_counts(write):
    text = PAIR.format(forward="relu", backward="relu_backward", arguments="dout, cache")
    (site,) = find_layers([write({"layers.py": text + text})]).sites
    assert (site.forward.line, site.backward.line) == (6, 9)


def test_words_are_told_apart_by_underscores_and_humps():
    assert words("softmaxGrad_v2") == ("softmax", "grad", "v2")
    assert words("forward_prop") == ("forwardprop",)


def test_methods_with_a_derivative_beside_them_are_pairs_of_their_own(write):
    body = "    def {}(self, {}): return 2\n"
    methods = [
        ("sigmoid", "z"),
        ("sigmoid_prime", "z"),
        ("d_tanh", "y"),
        ("tanh", "x"),
        ("zero", "x"),
        ("zero_grad", "x"),
    ]
    methods += [("predict", "x"), ("predict_backward", "x")]  # a backward keeps what an object must remember
    root = write({"net.py": "import numpy as np\nclass Net:\n" + "".join(body.format(*one) for one in methods)})
    found = {site.qualname: (site.family, site.backward.name) for site in find_layers([root]).sites}
    assert found == {"Net.sigmoid": ("methods", "sigmoid_prime"), "Net.tanh": ("methods", "d_tanh")}
