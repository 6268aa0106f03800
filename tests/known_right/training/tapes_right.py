"""Trainings on a home-made tape without a mistake."""

import numpy as np

from gradcheck import TrainingSetup
from reference_models.data.spirals import spirals
from reference_models.optimizers import Adam
from reference_models.tape.functions import cross_entropy, mean_squared_error, relu
from reference_models.tape.modules.gpt import GPT
from reference_models.tape.modules.linear import Linear
from reference_models.tape.modules.mlp import MLP
from reference_models.tape.tensor import Tensor

LEDGER = ("mlp", "gpt", "shift_by_a_detached_maximum", "parameters_exchanged_by_the_step", "single_numbers", "loop_of_ones_own")


def mlp(seed=0):
    """The same as the NumPy one."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 32, 32, 2], seed=seed)
    return {"model": model, "loss": cross_entropy, "optimizer": Adam(model.parameters(), learning_rate=0.02), "batch": (Tensor(x), t)}


def gpt(seed=0):
    """Tokens are whole numbers, and no tensors."""
    tokens = np.random.default_rng(seed).integers(0, 6, (8, 9))
    model = GPT(6, 16, 2, 1, 32, 8, seed=seed)
    optimizer = Adam(model.parameters(), learning_rate=5e-3)
    return {"model": model, "loss": cross_entropy, "optimizer": optimizer, "batch": (tokens[:, :-1], tokens[:, 1:])}


def _shifted(logits, targets):
    shifted = logits - Tensor(logits.data.max(axis=-1, keepdims=True))
    log_p = shifted - shifted.exp().sum(-1, keepdims=True).log()
    return -log_p[np.arange(len(targets)), targets].mean()


def shift_by_a_detached_maximum(seed=0):
    """`.data` where it is right: the shift cancels."""
    return {**mlp(seed), "loss": _shifted}


class Exchanging:
    """SGD that puts new arrays into the tensors."""

    def __init__(self, tensors, learning_rate):
        self.tensors, self.learning_rate = tensors, learning_rate

    def step(self):
        for tensor in self.tensors:
            tensor.data = tensor.data - self.learning_rate * tensor.grad


class Two:
    """Two layers, its tensors in a list."""

    def __init__(self, seed):
        self.first, self.second = Linear(2, 16, seed=seed), Linear(16, 1, seed=seed + 1)

    def forward(self, x):
        return self.second.forward(relu(self.first.forward(x)))

    def parameters(self):
        return [self.first.W, self.first.b, self.second.W, self.second.b]

    def zero_grad(self):
        for tensor in self.parameters():
            tensor.grad = None


def parameters_exchanged_by_the_step(seed=0):
    """The tensor stays, its array is another one after every step."""
    x, _ = spirals(64, seed=seed)
    model = Two(seed)
    return {
        "model": model, "loss": mean_squared_error, "optimizer": Exchanging(model.parameters(), 0.1),
        "batch": (Tensor(x), np.sin(3 * x[:, :1])),
    }  # fmt: skip


def loop_of_ones_own(seed=0):
    """zero_grad at the end of the step, which is right as well."""
    x, _ = spirals(64, seed=seed)
    t, model = np.sin(3 * x[:, :1]), Two(seed)
    optimizer = Exchanging(model.parameters(), 0.1)

    def step():
        loss = mean_squared_error(model.forward(Tensor(x)), t)
        loss.backward()
        optimizer.step()
        model.zero_grad()

    return {"model": model, "loss": mean_squared_error, "optimizer": optimizer, "batch": (Tensor(x), t), "step": step}


class Value:
    """One number on a tape."""

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = float(data), 0.0, parents

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)


def single_numbers(seed=0):
    """Three functions around a tape of single numbers."""
    rng = np.random.default_rng(seed)
    rows, targets = rng.normal(size=(8, 2)), rng.normal(size=8)
    w = {"w0": Value(rng.normal()), "w1": Value(rng.normal()), "b": Value(0.0)}

    def compute():
        total = Value(0.0)
        for row, t in zip(rows, targets):
            d = w["w0"] * Value(row[0]) + w["w1"] * Value(row[1]) + w["b"] + Value(-t)
            total = total + d * d * Value(1 / 8)
        return total

    def gradients():
        for value in w.values():
            value.grad = 0.0
        compute().backward()
        return {name: value.grad for name, value in w.items()}

    def step():
        for name, slope in gradients().items():
            w[name].data -= 0.1 * slope

    return TrainingSetup(parameters=w, loss=compute, gradients=gradients, step=step)
