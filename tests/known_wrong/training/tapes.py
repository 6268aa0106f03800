"""Trainings on a home-made tape, with the mistakes people make there."""

import numpy as np

from reference_models.data.spirals import spirals
from reference_models.optimizers import Adam
from reference_models.tape.functions import cross_entropy, relu
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.mlp import MLP
from reference_models.tape.tensor import Tensor

LEDGER = {
    "data_taken_out": "no_gradient",
    "rounded_on_the_way": "no_gradient",
    "detached_hidden_layer": "no_gradient",
    "parameters_made_anew": "no_gradient",
    "never_zeroed": "gradients_accumulate",
    "zeroed_before_step": "gradients_cleared",
    "half_the_gradient": "descent",
    "copies_in_the_optimizer": "optimizer_updates_a_copy",
    "scalar_tape_without_zero_grad": "gradients_accumulate",
}


class Two:
    """Two layers; `between` is what happens to the hidden values."""

    def __init__(self, seed, between):
        self.first, self.second = Linear(2, 16, seed=seed), Linear(16, 2, seed=seed + 1)
        self.between = between

    def forward(self, x):
        return self.second.forward(self.between(relu(self.first.forward(x))))

    def tensors(self):
        return [self.first.W, self.first.b, self.second.W, self.second.b]

    def parameters(self):
        return self.tensors()

    def zero_grad(self):
        for tensor in self.tensors():
            tensor.zero_grad()


class GradSGD:
    """Moves tensors by their own gradients, those that have one."""

    def __init__(self, tensors, learning_rate):
        self.tensors, self.learning_rate = list(tensors), learning_rate

    def step(self):
        for tensor in self.tensors:
            if tensor.grad is not None:
                tensor.data -= self.learning_rate * tensor.grad


def _setup(model, seed, step=None, optimizer=None):
    x, t = spirals(64, seed=seed)
    found = {"model": model, "loss": cross_entropy, "batch": (Tensor(x), t)}
    found["optimizer"] = optimizer or GradSGD(model.parameters(), 0.5)
    return found if step is None else {**found, "step": step}


def data_taken_out(seed=0):
    """`.data` in the middle of forward, wrapped again."""
    return _setup(Two(seed, lambda h: Tensor(h.data * 2)), seed)


def rounded_on_the_way(seed=0):
    """NumPy does what the tape cannot, and the tape does not see it."""
    return _setup(Two(seed, lambda h: Tensor(np.clip(h.data, -1, 1), requires_grad=True)), seed)


def detached_hidden_layer(seed=0):
    """detach() left over from a target network."""
    return _setup(Two(seed, lambda h: h.detach()), seed)


class Renewing(Two):
    """Makes a new tensor of its weights in every forward."""

    def forward(self, x):
        W = Tensor(self.first.W.data.copy(), requires_grad=True)
        return self.second.forward(relu(x @ W + self.first.b))


def parameters_made_anew(seed=0):
    """The gradient goes to a tensor nobody keeps."""
    return _setup(Renewing(seed, None), seed)


def _loop(model, optimizer, seed, zero_first, zero_between):
    x, t = spirals(64, seed=seed)

    def step():
        if zero_first:
            model.zero_grad()
        loss = cross_entropy(model.forward(Tensor(x)), t)
        loss.backward()
        if zero_between:
            model.zero_grad()
        optimizer.step()
        return loss

    return step


def never_zeroed(seed=0):
    """No zero_grad anywhere."""
    model = Two(seed, lambda h: h)
    optimizer = GradSGD(model.parameters(), 0.5)
    return _setup(model, seed, _loop(model, optimizer, seed, False, False), optimizer)


def zeroed_before_step(seed=0):
    """zero_grad in the wrong line."""
    model = Two(seed, lambda h: h)
    optimizer = GradSGD(model.parameters(), 0.5)
    return _setup(model, seed, _loop(model, optimizer, seed, True, True), optimizer)


def _halved(h):
    """A residual of one's own that takes half of the way out of the graph."""
    return h * 0.5 + Tensor(h.data * 0.5)


def half_the_gradient(seed=0):
    """Half of the hidden values are taken out of the graph."""
    return _setup(Two(seed, _halved), seed)


def copies_in_the_optimizer(seed=0):
    """New tensors of the same numbers."""
    model = MLP([2, 16, 2], seed=seed)
    parameters = {name: array.copy() for name, array in model.parameters().items()}
    return _setup(model, seed, optimizer=Adam(parameters, learning_rate=0.02))


class Value:
    """One number on a tape."""

    def __init__(self, data, parents=(), slopes=()):
        self.data, self.grad, self.parents, self.slopes = float(data), 0.0, parents, slopes

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self):
        order, seen = [], set()

        def visit(value):
            if value not in seen:
                seen.add(value)
                for parent in value.parents:
                    visit(parent)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes):
                parent.grad += slope * value.grad


class Neuron:
    """A line of numbers on a tape."""

    def __init__(self, rng):
        self.w = [Value(rng.normal()) for _ in range(3)]
        self.b = Value(0)

    def __call__(self, rows):
        answers = []
        for row in rows:
            y = self.b
            for w, x in zip(self.w, row):
                y = y + w * float(x)
            answers.append(y)
        return answers

    def parameters(self):
        return [*self.w, self.b]


def squared(answers, targets):
    """Sum of squares, on the tape."""
    total = Value(0)
    for y, t in zip(answers, targets):
        d = y + float(-t)
        total = total + d * d
    return total * (1 / len(answers))


def scalar_tape_without_zero_grad(seed=0):
    """A tape of single numbers, and a loop that forgets to zero them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(12, 3))
    t = x @ np.array([1.0, -2.0, 0.5])
    model = Neuron(rng)
    optimizer = GradSGD(model.parameters(), 0.05)

    def step():
        squared(model(x), t).backward()
        optimizer.step()

    return {"model": model, "loss": squared, "optimizer": optimizer, "batch": (x, t), "step": step}
