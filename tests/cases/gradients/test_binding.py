# ruff: noqa: N802 - W is the field's name, of properties too

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gradcheck.cases.gradients.binding import bind
from gradcheck.cases.gradients.bound import UPSTREAM
from gradcheck.cases.running.backward_plan import plan
from gradcheck.cases.running.calling import Calling
from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.request import Request
from gradcheck.errors import BuildError
from gradcheck.types import Role

X = np.random.default_rng(0).standard_normal((4, 3))


def weights():
    return np.random.default_rng(1).standard_normal((3, 2)), np.zeros(2)


def subject_of(layer, *, seed=0, is_loss=False, cotangent=None, **inputs):
    inputs = inputs or {"x": X}
    differentiable = tuple(n for n, v in inputs.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f")
    arguments, rate = plan(layer.backward, inputs, differentiable, is_loss=is_loss)
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments=inputs,
        differentiable=differentiable,
        plan=arguments,
        learning_rate=rate,
    )
    return bind("l.py::Layer", Evaluator(layer=layer, seed=seed), calling, cotangent=cotangent)


class Linear:
    """y = x W + b; how backward hands out dW and db is left to those below."""

    def __init__(self):
        self.W, self.b = weights()

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def right(self, dout):
        return self.x.T @ dout, np.sum(dout, axis=0)

    def backward(self, dout):
        self.dW, self.db = self.right(dout)
        return dout @ self.W.T


class Spelt(Linear):
    """Gradients beside the weights under names handed over."""

    def __init__(self, weight, bias):
        super().__init__()
        self.names = (weight, bias)

    def backward(self, dout):
        for name, gradient in zip(self.names, self.right(dout), strict=True):
            setattr(self, name, gradient)
        return dout @ self.W.T


class InDictionary(Linear):
    def __init__(self, container, weight, bias):
        super().__init__()
        self.container, self.keys = container, (weight, bias)
        setattr(self, container, {})

    def backward(self, dout):
        getattr(self, self.container).update(zip(self.keys, self.right(dout), strict=True))
        return dout @ self.W.T


class InLists(Linear):
    """Gradients in a list beside the list of parameters, written in place."""

    def __init__(self):
        weight, bias = weights()
        self.params, self.grads = [weight, bias], [np.zeros_like(weight), np.zeros_like(bias)]

    @property
    def W(self):
        return self.params[0]

    @property
    def b(self):
        return self.params[1]

    def backward(self, dout):
        for place, gradient in zip(self.grads, self.right(dout), strict=True):
            place[...] = gradient
        return dout @ self.W.T


class InTwoDictionaries(InLists):
    def __init__(self):
        weight, bias = weights()
        self.params, self.grads = {"W": weight, "b": bias}, {}

    @property
    def W(self):
        return self.params["W"]

    @property
    def b(self):
        return self.params["b"]

    def backward(self, dout):
        self.grads["W"], self.grads["b"] = self.right(dout)
        return dout @ self.W.T


class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, None


class WithParameters(InLists):
    def __init__(self):
        self.weight, self.bias = (Parameter(value) for value in weights())

    @property
    def W(self):
        return self.weight.data

    @property
    def b(self):
        return self.bias.data

    def backward(self, dout):
        self.weight.grad, self.bias.grad = self.right(dout)
        return dout @ self.W.T


class WithParameterDictionaries(InLists):
    def __init__(self):
        self.weight, self.bias = ({"val": value, "grad": np.zeros_like(value)} for value in weights())

    @property
    def W(self):
        return self.weight["val"]

    @property
    def b(self):
        return self.bias["val"]

    def backward(self, dout):
        self.weight["grad"], self.bias["grad"] = self.right(dout)
        return dout @ self.W.T


class Accumulating(Linear):
    def __init__(self):
        super().__init__()
        self.dW, self.db = np.ones((3, 2)), np.ones(2)

    def backward(self, dout):
        dW, db = self.right(dout)
        self.dW += dW
        self.db += db
        return dout @ self.W.T


class UpdatingWithArgument(Linear):
    def backward(self, dout, learning_rate):
        back = dout @ self.W.T
        dW, db = self.right(dout)
        self.W -= learning_rate * dW
        self.b -= learning_rate * db
        return back


class UpdatingWithOwnRate(Linear):
    def __init__(self):
        super().__init__()
        self.lr = 0.01

    def backward(self, dout):
        back = dout @ self.W.T
        dW, db = self.right(dout)
        self.W = self.W - self.lr * dW
        self.b = self.b - self.lr * db
        return back


class Returning(Linear):
    def backward(self, dout):
        return (dout @ self.W.T, *self.right(dout))


class ReturningDictionary(Linear):
    def backward(self, dout):
        dW, db = self.right(dout)
        return {"db": db, "dW": dW, "dx": dout @ self.W.T}


class ReturningPair(Linear):
    def backward(self, dout):
        dW, db = self.right(dout)
        return dout @ self.W.T, {"W": dW, "b": db}


class LeavingEverything(Linear):
    """The nnfs way: nothing is returned."""

    def backward(self, dvalues):
        self.dweights, self.dbiases = self.right(dvalues)
        self.dinputs = dvalues @ self.W.T


class OddlyNamed(Linear):
    def backward(self, dout):
        self.hugo, self.store = self.x.T @ dout, [np.sum(dout, axis=0)]
        return dout @ self.W.T


class Shared(Linear):
    """The same array under two names, so that an optimizer finds it."""

    def __init__(self):
        super().__init__()
        self.parameters = [self.W, self.b]


class Networked:
    """A part inside a part."""

    def __init__(self):
        self.fc = Linear()

    def forward(self, x):
        return self.fc.forward(x)

    def backward(self, dout):
        return self.fc.backward(dout)


class Slotted(Linear):
    __slots__ = ("spare",)


CONVENTIONS = {
    "dW and db": Linear,
    "grad_W": lambda: Spelt("grad_W", "grad_b"),
    "W_grad": lambda: Spelt("W_grad", "b_grad"),
    "dLdW": lambda: Spelt("dLdW", "dLdb"),
    "dweights of W": lambda: Spelt("dweights", "dbiases"),
    "_dw": lambda: Spelt("_dw", "_db"),
    "grads['W']": lambda: InDictionary("grads", "W", "b"),
    "grads['dW']": lambda: InDictionary("grads", "dW", "db"),
    "gradients['W']": lambda: InDictionary("gradients", "W", "b"),
    "grads[i] of params[i]": InLists,
    "grads['W'] of params['W']": InTwoDictionaries,
    "weight.grad": WithParameters,
    "weight['grad']": WithParameterDictionaries,
    "accumulated": Accumulating,
    "updated by a rate handed over": UpdatingWithArgument,
    "updated by its own rate": UpdatingWithOwnRate,
    "returned in a tuple": Returning,
    "returned in a dictionary": ReturningDictionary,
    "returned beside a dictionary": ReturningPair,
    "left with nothing returned": LeavingEverything,
    "odd names, found by value": OddlyNamed,
    "shared under two names": Shared,
    "in a part": Networked,
    "slots": Slotted,
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_every_gradient_of_a_linear_layer_is_found_wherever_it_is_kept(name):
    subject = subject_of(CONVENTIONS[name]())
    weight, bias = (p for n, p in subject.primals.items() if subject.roles[n] is Role.PARAMETER)
    weight, bias = (weight, bias) if weight.ndim == 2 else (bias, weight)
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = np.random.default_rng(5).standard_normal(y.shape)
    gradients = {p.shape: vjp(y_bar).gradients[n] for n, p in subject.primals.items()}
    assert np.allclose(y, X @ weight + bias, rtol=1e-14)
    assert np.allclose(gradients[(4, 3)], y_bar @ weight.T, rtol=1e-12)
    assert np.allclose(gradients[(3, 2)], X.T @ y_bar, rtol=1e-9)
    assert np.allclose(gradients[(2,)], np.sum(y_bar, axis=0), rtol=1e-9)
    assert subject.notes == ()


@pytest.mark.parametrize("name", CONVENTIONS)
def test_what_is_bound_is_pure_and_leaves_the_layer_as_it_was(name):
    layer = CONVENTIONS[name]()
    before = repr(_arrays(layer))
    subject = subject_of(layer)
    y_bar = np.random.default_rng(5).standard_normal((4, 2))
    kept = y_bar.copy()
    (first, vjp), (again, _) = (subject.value_and_vjp(subject.primals) for _ in range(2))
    assert np.array_equal(first, again)
    assert np.array_equal(subject.value(subject.primals), first)
    one, two = (vjp(y_bar).gradients for _ in range(2))
    assert all(np.array_equal(one[n], two[n]) for n in one)
    assert np.array_equal(y_bar, kept)
    assert repr(_arrays(layer)) == before


def _arrays(value):
    if isinstance(value, dict):
        return {str(k): _arrays(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_arrays(v) for v in value]
    if isinstance(value, np.ndarray):
        return value.tolist()
    return _arrays(vars(value)) if hasattr(value, "__dict__") and not callable(value) else value


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("dW and db", {"x", "W", "b"}),
        ("grads[i] of params[i]", {"x", "params[0]", "params[1]"}),
        ("weight.grad", {"x", "weight.data", "bias.data"}),
        ("weight['grad']", {"x", "weight['val']", "bias['val']"}),
        ("shared under two names", {"x", "W", "b"}),
        ("in a part", {"x", "fc.W", "fc.b"}),
    ],
)
def test_primals_are_named_as_a_person_writes_them(name, found):
    assert set(subject_of(CONVENTIONS[name]()).primals) == found


def test_inputs_come_first_and_everything_has_its_role():
    subject = subject_of(Linear())
    assert list(subject.roles.items()) == [("x", Role.INPUT), ("W", Role.PARAMETER), ("b", Role.PARAMETER)]


def test_an_update_is_known_as_one_and_its_rounding_is_told():
    subject = subject_of(UpdatingWithOwnRate())
    assert subject.updates_parameters
    assert not subject.stateful_update
    pullback = subject.value_and_vjp(subject.primals)[1](np.ones((4, 2)))
    assert {n for n, r in pullback.rounding.items() if r > 0.0} == {"W", "b"}
    error = np.max(np.abs(pullback.gradients["W"] - X.T @ np.ones((4, 2))))
    assert error <= pullback.rounding["W"] < 1e-12


class Momentum(Linear):
    def __init__(self):
        super().__init__()
        self.second = np.zeros((3, 2))

    def backward(self, dout):
        back = dout @ self.W.T
        dW, self.db = self.right(dout)
        self.second = 0.9 * self.second + 0.1 * dW**2
        self.W -= 0.01 * dW / (np.sqrt(self.second) + 1e-8)
        return back


def test_weights_moved_by_an_optimizer_with_a_state_are_told_and_not_compared():
    subject = subject_of(Momentum())
    assert subject.stateful_update
    assert set(subject.primals) == {"x", "b"}
    assert any("`W`" in note for note in (*subject.notes, *subject.unchecked))


class Normalised:
    """LayerNorm with gamma = 1 and beta = 0, as it is initialised."""

    def __init__(self, features=3):
        self.gamma, self.beta = np.ones(features), np.zeros(features)

    def forward(self, x):
        self.centred = x - np.mean(x, axis=1, keepdims=True)
        self.rate = 1.0 / np.sqrt(np.mean(self.centred**2, axis=1, keepdims=True) + 1e-5)
        self.hat = self.centred * self.rate
        return self.gamma * self.hat + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = np.sum(dout * self.hat, axis=0), np.sum(dout, axis=0)
        dhat = dout * self.gamma
        mean = np.mean(dhat, axis=1, keepdims=True)
        return self.rate * (dhat - mean - self.hat * np.mean(dhat * self.hat, axis=1, keepdims=True))


def test_parameters_that_are_constant_at_first_are_drawn_anew():
    subject = subject_of(Normalised())
    for name, constant in (("gamma", 1.0), ("beta", 0.0)):
        assert np.all(subject.primals[name] != constant)
        assert len(np.unique(subject.primals[name])) == 3


class OnlyOne(Normalised):
    """Refuses any gamma but 1."""

    def forward(self, x):
        if np.any(self.gamma != 1.0):
            raise ValueError("gamma")
        return super().forward(x)


class NotFinite(Normalised):
    def forward(self, x):
        return super().forward(x) + np.log(np.where(self.gamma == 1.0, 1.0, -1.0))


@pytest.mark.parametrize("layer", [OnlyOne, NotFinite])
def test_a_draw_that_forward_does_not_take_is_undone(layer):
    subject = subject_of(layer())
    assert subject.primals["gamma"].tolist() == [1.0, 1.0, 1.0]
    assert np.all(subject.primals["beta"] != 0.0)


def test_the_point_of_the_check_depends_on_the_seed_alone():
    one, same, other = (subject_of(Normalised(), seed=seed).primals["beta"] for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


class Narrow(Linear):
    """Float32 parameters in code that takes float64."""

    def __init__(self):
        super().__init__()
        self.W, self.b = self.W.astype(np.float32), self.b.astype(np.float32)


def test_float32_parameters_are_widened_where_the_code_takes_float64():
    subject = subject_of(Narrow())
    assert {n: x.dtype for n, x in subject.primals.items()} == dict.fromkeys(("x", "W", "b"), np.float64)
    assert subject.native["W"] == np.float32
    moved = {**subject.primals, "W": subject.primals["W"] + 1e-12}
    assert np.any(subject.value(moved) != subject.value(subject.primals))


class NarrowInTuple(Narrow):
    def __init__(self):
        super().__init__()
        self.parameters = (self.W, self.b)


def test_float32_parameters_that_a_tuple_holds_as_well_are_widened():
    subject = subject_of(NarrowInTuple())
    moved = {**subject.primals, "W": subject.primals["W"] + 1e-12}
    assert np.any(subject.value(moved) != subject.value(subject.primals))


class Lazy:
    """Makes its weight on the first forward."""

    def __init__(self):
        self.W = None

    def forward(self, x):
        if self.W is None:
            self.W = np.random.standard_normal((x.shape[1], 2))  # noqa: NPY002 - the way people write it
        self.x = x
        return x @ self.W

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T


def test_weights_that_forward_makes_are_parameters():
    subject = subject_of(Lazy())
    assert set(subject.primals) == {"x", "W"}


class Two(Linear):
    def forward(self, x, h):
        self.x = x
        return x @ self.W + self.b + h

    def backward(self, dout):
        return super().backward(dout), dout


def test_two_inputs_have_a_gradient_each():
    subject = subject_of(Two(), x=X, h=np.ones((4, 2)))
    pullback = subject.value_and_vjp(subject.primals)[1](np.ones((4, 2)))
    assert {n: g.shape for n, g in pullback.gradients.items()} == {
        "x": (4, 3),
        "h": (4, 2),
        "W": (3, 2),
        "b": (2,),
    }


class Writing(Linear):
    """Writes into what it is given."""

    def backward(self, dout):
        answer = super().backward(dout.copy())
        dout *= 0.0
        self.x += 1.0
        return answer


def test_what_a_call_changes_is_told_and_the_callers_arrays_are_not_changed():
    subject = subject_of(Writing())
    y_bar, x = np.ones((4, 2)), subject.primals["x"].copy()
    pullback = subject.value_and_vjp(subject.primals)[1](y_bar)
    assert set(pullback.changed) == {"x", UPSTREAM}
    assert np.array_equal(y_bar, np.ones((4, 2)))
    assert np.array_equal(subject.primals["x"], x)
    assert np.array_equal(X, np.random.default_rng(0).standard_normal((4, 3)))


class ForgetsOne(Linear):
    def __init__(self):
        super().__init__()
        self.dW = None

    def backward(self, dout):
        self.db = np.sum(dout, axis=0)
        return dout @ self.W.T


def test_a_gradient_that_stays_none_is_absent_with_the_place_it_was_looked_for_in():
    subject = subject_of(ForgetsOne())
    pullback = subject.value_and_vjp(subject.primals)[1](np.ones((4, 2)))
    assert set(pullback.gradients) == {"x", "b"}
    assert pullback.absent == {"W": "`dW` is None after backward"}


class ForgetsToReturn(Linear):
    def backward(self, dout):
        super().backward(dout)


def test_an_input_whose_gradient_is_nowhere_is_told():
    subject = subject_of(ForgetsToReturn())
    pullback = subject.value_and_vjp(subject.primals)[1](np.ones((4, 2)))
    assert set(pullback.gradients) == {"W", "b"}
    assert subject.unchecked == ("backward gives no gradient of `x`",)


class NoGradient(Linear):
    def backward(self, dout):
        self.db = np.sum(dout, axis=0)
        return dout @ self.W.T


def test_a_parameter_without_any_gradient_is_noted():
    subject = subject_of(NoGradient())
    assert set(subject.primals) == {"x", "b"}
    assert any("`W` (3, 2)" in note for note in (*subject.notes, *subject.unchecked))


class Silent(Linear):
    def backward(self, dout):
        del dout


def test_a_backward_that_leaves_no_gradient_anywhere_is_refused():
    with pytest.raises(BuildError, match="backward returned no array"):
        subject_of(Silent())


class Exploding(Linear):
    def forward(self, x):
        return super().forward(x) * np.inf


def test_a_forward_that_is_not_finite_is_refused():
    with pytest.raises(BuildError, match="forward's answer is not finite"):
        subject_of(Exploding())


class Dropout:
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1.0 - self.p)  # noqa: NPY002 - the way people write it
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


def test_a_layer_that_draws_random_numbers_answers_the_same_every_time():
    subject = subject_of(Dropout())
    values = [subject.value(subject.primals) for _ in range(3)]
    assert all(np.array_equal(value, values[0]) for value in values)
    assert np.count_nonzero(values[0]) < values[0].size


class Running(Normalised):
    """Keeps a running mean that forward moves; nothing of one call may reach the next."""

    def __init__(self):
        super().__init__()
        self.running = np.zeros(3)
        self.calls = itertools.count()

    def forward(self, x):
        self.running = 0.9 * self.running + 0.1 * np.mean(x, axis=0)
        return super().forward(x) + self.running


def test_state_of_one_evaluation_does_not_reach_the_next():
    subject = subject_of(Running())
    assert np.array_equal(subject.value(subject.primals), subject.value(subject.primals))


class Loss:
    """Mean squared error with the half; backward takes nothing."""

    def forward(self, y_pred, y_true):
        self.difference = y_pred - y_true
        return float(0.5 * np.mean(self.difference**2))

    def backward(self):
        return self.difference / self.difference.size


def test_a_loss_that_answers_with_a_number_is_bound_with_the_cotangent_it_takes():
    target = np.random.default_rng(7).standard_normal((4, 3))
    layer = Loss()
    arguments, _ = plan(layer.backward, {"y_pred": X, "y_true": target}, ("y_pred",), is_loss=True)
    calling = Calling(
        forward="forward",
        backward="backward",
        arguments={"y_pred": X, "y_true": target},
        differentiable=("y_pred",),
        plan=arguments,
    )
    subject = bind("l.py::Loss", Evaluator(layer=layer, seed=0), calling, cotangent=np.ones(()))
    y, vjp = subject.value_and_vjp(subject.primals)
    assert y.shape == ()
    assert np.allclose(vjp(np.ones(())).gradients["y_pred"], (X - target) / X.size, rtol=1e-14)


@pytest.mark.parametrize(
    ("names", "is_loss"),
    [
        (("x",), False),
        (("x", "h"), False),
        (("y_pred", "y_true"), True),
        (("logits", "labels"), True),
        (("prediction", "target"), True),
        (("x", "t"), True),
    ],
)
def test_a_layer_that_is_handed_a_target_is_a_loss(names, is_loss):
    request = Request(
        identity="l.py::L",
        evaluator=Evaluator(layer=Loss(), seed=0),
        forward="forward",
        backward="backward",
        arguments=dict.fromkeys(names, X),
        differentiable=names[:1],
    )
    assert request.is_loss is is_loss


SCRATCH = np.zeros_like(X)


class InTheModule:
    """Keeps in an array of its module what backward needs."""

    def forward(self, x):
        self.kept = SCRATCH
        np.exp(x, out=self.kept)
        return self.kept.copy()

    def backward(self, dout):
        return dout * self.kept


def test_what_forward_keeps_is_what_it_left_though_another_forward_wrote_over_it():
    subject = subject_of(InTheModule())
    _, vjp = subject.value_and_vjp({"x": X})
    subject.value({"x": X + 1.0})
    assert np.array_equal(vjp(np.ones_like(X)).gradients["x"], np.exp(X))
