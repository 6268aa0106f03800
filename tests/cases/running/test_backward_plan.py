from __future__ import annotations

import numpy as np
import pytest

from gradcheck.cases.running.backward_plan import LEARNING_RATE, plan
from gradcheck.errors import BuildError

X, H, T = np.zeros((4, 8)), np.zeros((4, 5)), np.zeros(4, dtype=int)
LAYER = {"x": X}
LOSS = {"y_pred": X, "y_true": T}


def planned(backward, forward=LAYER, differentiable=("x",), *, is_loss=False):
    """Each argument as `name=source`, with what it is made from, and `*` before those passed by name."""
    arguments, rate = plan(backward, forward, differentiable, is_loss=is_loss)
    return [f"{'*' if a.keyword else ''}{a.name}={a.source}{':' + a.of if a.of else ''}" for a in arguments], rate


@pytest.mark.parametrize(
    "backward",
    [
        lambda dout: None,
        lambda grad_output: None,
        lambda delta: None,
        lambda dLdZ: None,
        lambda accum_grad: None,
        lambda gradiente: None,
        lambda error: None,
        lambda state: None,
        lambda eta: None,
        lambda x: None,
        lambda X: None,
    ],
    ids=lambda f: f.__code__.co_varnames[0],
)
def test_the_only_required_argument_is_the_upstream_gradient_whatever_its_name(backward):
    (name,) = backward.__code__.co_varnames
    assert planned(backward) == ([f"{name}=upstream"], 0.0)


@pytest.mark.parametrize(
    ("backward", "arguments", "rate"),
    [
        (lambda dout, lr: None, ["dout=upstream", "lr=constant"], LEARNING_RATE),
        (lambda dout, learning_rate: None, ["dout=upstream", "learning_rate=constant"], LEARNING_RATE),
        (lambda dout, lr=0.1: None, ["dout=upstream", "*lr=constant"], LEARNING_RATE),
        (lambda dout, *, lr: None, ["dout=upstream", "*lr=constant"], LEARNING_RATE),
        (lambda dout, cache: None, ["dout=upstream", "cache=cache"], 0.0),
        (lambda cache, dout: None, ["cache=cache", "dout=upstream"], 0.0),
        (lambda dout, x: None, ["dout=upstream", "x=input:x"], 0.0),
        (lambda x, dout: None, ["x=input:x", "dout=upstream"], 0.0),
        (lambda inputs, delta: None, ["inputs=input:x", "delta=upstream"], 0.0),
        (lambda dout, training: None, ["dout=upstream", "training=constant"], 0.0),
        (lambda dout, out: None, ["dout=upstream", "out=output"], 0.0),
        (lambda dout, verbose=False: None, ["dout=upstream"], 0.0),
        (lambda dout=None: None, ["*dout=upstream"], 0.0),
        (lambda dout, *rest, **named: None, ["dout=upstream"], 0.0),
        (lambda *, dout: None, ["*dout=upstream"], 0.0),
        (lambda: None, [], 0.0),
    ],
    ids=[
        "rate",
        "named rate",
        "optional rate",
        "rate by name",
        "cache",
        "cache first",
        "input",
        "input first",
        "input by another name",
        "flag",
        "output",
        "unknown and optional",
        "optional upstream",
        "starred",
        "upstream by name",
        "nothing",
    ],
)
def test_the_other_arguments_of_a_layers_backward_are_known_by_name(backward, arguments, rate):
    assert planned(backward) == (arguments, rate)


def test_an_argument_named_like_a_gradient_is_the_upstream_one_among_several_unknown():
    backward = lambda dout, h: None  # noqa: E731 - a signature
    assert planned(backward, {"x": X, "h": H}, ("x", "h"))[0] == ["dout=upstream", "h=input:h"]


@pytest.mark.parametrize(
    ("backward", "arguments"),
    [
        (lambda: None, []),
        (lambda y_pred, y_true: None, ["y_pred=input:y_pred", "y_true=input:y_true"]),
        (lambda y_true, y_pred: None, ["y_true=input:y_true", "y_pred=input:y_pred"]),
        (lambda dvalues, y_true: None, ["dvalues=input:y_pred", "y_true=input:y_true"]),
        (lambda target: None, ["target=input:y_true"]),
        (lambda predictions, labels: None, ["predictions=input:y_pred", "labels=input:y_true"]),
        (lambda dout: None, ["dout=upstream"]),
        (lambda dout=1: None, []),
        (lambda grad, y_true: None, ["grad=upstream", "y_true=input:y_true"]),
    ],
    ids=[
        "nothing",
        "as forward",
        "the other way round",
        "the nnfs way",
        "target only",
        "other names",
        "upstream",
        "optional upstream",
        "upstream and target",
    ],
)
def test_roles_of_a_losss_arguments_come_from_their_names(backward, arguments):
    assert planned(backward, LOSS, ("y_pred",), is_loss=True)[0] == arguments


def test_a_required_argument_that_means_nothing_is_refused_by_name():
    with pytest.raises(BuildError, match=r"backward\(dout, zebra\) needs `zebra`, which gradcheck has no value for"):
        plan(lambda dout, zebra: None, LAYER, ("x",), is_loss=False)


def test_the_learning_rate_is_one_so_that_the_update_is_the_gradient():
    arguments, rate = plan(lambda dout, lr: None, LAYER, ("x",), is_loss=False)
    assert (arguments[1].constant, rate) == (1.0, 1.0)
