"""Nothing of the user's, of NumPy's or of the process's is left changed by a trace."""

# ruff: noqa: NPY002 - the global generator is what is to be restored

import builtins
import copy
import math
import random
import sys
import types

import numpy as np
import pytest

from gradcheck.cases.gradients.binding import bind
from gradcheck.cases.running.calling import Argument, Calling
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.oracles import traced_autograd

SOURCE = """
import math
import numpy as np
from numpy import array, zeros
from numpy.lib.stride_tricks import as_strided
from scipy import special

COUNT = 0
SEEN = []
STATE = {"calls": 0}
erf = np.vectorize(math.erf)


class Registry:
    def __init__(self):
        self.seen = [[]]
        self.last = None


REGISTRY = Registry()


class Layer:
    shared = None
    history = []

    def __init__(self):
        self.W = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
        self.WT = self.W.T
        self.b = np.full(3, 0.1)
        self.parts = {"scale": [np.array([0.5, 2.0, 1.5])], "mask": np.array([True, False, True])}

    def forward(self, x):
        global COUNT
        COUNT += 1
        SEEN.append(x)
        STATE["calls"] += 1
        STATE["last"] = x
        Layer.shared = REGISTRY.last = x
        REGISTRY.seen.append(x)
        self.history.append(x)
        self.noise = np.random.rand(*x.shape)
        self.x = x
        out = zeros((x.shape[0], 3))
        for i in range(x.shape[0]):
            out[i] = x[i] @ self.WT.T + self.b
        out[:, self.parts["mask"]] *= 2.0
        return special.expit(out) * self.parts["scale"][0] * erf(1.0) + (x * self.noise).sum(axis=1, keepdims=True)

    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T


class Interrupted(Layer):
    def forward(self, x):
        super().forward(x)
        if type(x) is not np.ndarray:
            raise KeyboardInterrupt
        return x * 1.0

    def backward(self, dy):
        return dy


class Failing(Layer):
    def forward(self, x):
        super().forward(x)
        return x + float(x[0, 0])

    def backward(self, dy):
        return dy
"""


@pytest.fixture
def module():
    pytest.importorskip("scipy")
    made = types.ModuleType("a_users_layers")
    made.__file__ = "/somewhere/of/a/user/layers.py"
    sys.modules[made.__name__] = made
    exec(compile(SOURCE, made.__file__, "exec"), vars(made))  # noqa: S102 - a module of the test's own
    yield made
    del sys.modules[made.__name__]


def replayable(layer):
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments={"x": np.arange(8.0).reshape(2, 4) / 7.0},
        differentiable=("x",),
        plan=(Argument(name="dy", source="upstream"),),
    )
    return bind("layer", Evaluator(layer=layer, seed=3), calling)


def exact(subject):
    y = subject.value(subject.primals)
    return traced_autograd.exact(subject, subject.primals, (np.ones_like(y),), y)


def state(module, layer):
    names = {name: value for name, value in vars(module).items() if name != "__builtins__"}
    held = copy.deepcopy(vars(layer))
    registry = (list(module.REGISTRY.seen), dict(vars(module.REGISTRY)))
    lists = (list(module.SEEN), dict(module.STATE), list(module.Layer.history), *registry)
    return names, dict(vars(module.Layer)), dict(vars(np)), dict(vars(math)), held, lists


def same(before, after):
    for one, other in zip(before[:4], after[:4], strict=True):
        assert one.keys() == other.keys()
        assert all(one[name] is other[name] for name in one)
    np.testing.assert_equal(before[4], after[4])
    for one, other in zip(before[5], after[5], strict=True):
        assert len(one) == len(other)
        pairs = (
            zip(one.values(), other.values(), strict=True) if isinstance(one, dict) else zip(one, other, strict=True)
        )
        assert all(a is b for a, b in pairs)


@pytest.mark.parametrize("kind", ["Layer", "Interrupted", "Failing"])
def test_modules_classes_lists_layer_and_random_state_are_as_before(module, kind):
    layer = getattr(module, kind)()
    subject = replayable(layer)
    y = subject.value(subject.primals)
    before, importing, numbers = state(module, layer), builtins.__import__, (random.getstate(), np.random.get_state())
    try:
        traced_autograd.exact(subject, subject.primals, (np.ones_like(y),), y)
        assert kind != "Interrupted"
    except KeyboardInterrupt:
        assert kind == "Interrupted"
    same(before, state(module, layer))
    assert builtins.__import__ is importing
    np.testing.assert_equal((random.getstate(), np.random.get_state()), numbers)


def test_random_draws_inside_forward_are_those_of_the_plain_forward(module):
    subject = replayable(module.Layer())
    answer = exact(subject)
    assert answer.refusal == ""  # with another draw the value would differ and the trace be refused
    assert set(answer.gradients[0]) == set(subject.primals)


def test_a_transposed_view_kept_beside_the_weight_follows_it(module):
    layer = module.Layer()
    subject = replayable(layer)
    assert "W" in subject.primals or "WT" in subject.primals
    answer = exact(subject)
    assert answer.refusal == ""
    weight = next(name for name in subject.primals if name in {"W", "WT"})
    assert np.abs(answer.gradients[0][weight]).min() > 0.0


def test_two_layers_of_one_module_are_traced_one_within_the_other(module):
    inner, outer = replayable(module.Layer()), replayable(module.Layer())
    found = []
    natural = outer.replay

    def nested(primals, exchange, surrounding):
        def and_another(array, name):
            if not found:
                found.append(exact(inner))
            return exchange(array, name)

        return natural(primals, and_another, surrounding)

    import dataclasses

    answer = exact(dataclasses.replace(outer, replay=nested))
    assert answer.refusal == found[0].refusal == ""
    for name, gradient in answer.gradients[0].items():
        np.testing.assert_array_equal(gradient, found[0].gradients[0][name])
    assert vars(module)["np"] is np


def test_the_primals_handed_in_are_not_written_into(make_subject):
    x = np.arange(6.0).reshape(2, 3)

    def forward(x):
        x -= 1.0
        x[0] *= 2.0
        return x * x

    subject = make_subject(forward, x=x.copy())
    y = subject.value(subject.primals)
    answer = traced_autograd.exact(subject, subject.primals, (np.ones((2, 3)),), y)
    np.testing.assert_array_equal(subject.primals["x"], x)
    np.testing.assert_allclose(answer.gradients[0]["x"], 2 * (x - 1) * np.array([[4.0], [1.0]]), rtol=1e-15)
