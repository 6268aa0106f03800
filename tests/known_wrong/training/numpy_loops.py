"""NumPy trainings with a mistake in the loop or the optimizer; the models are right."""

import numpy as np

from reference_models.data.spirals import spirals
from reference_models.mlp import MLP
from reference_models.numpy_layers import CrossEntropy, MeanSquaredError
from reference_models.optimizers import SGD, Adam

LEDGER = {
    "step_forgotten": "step_never_called",
    "rate_of_zero": "learning_rate_zero",
    "schedule_ends_at_once": "learning_rate_zero",
    "optimizer_of_copies": "optimizer_updates_a_copy",
    "new_arrays_in_a_list": "optimizer_updates_a_copy",
    "biases_left_out": "not_in_optimizer",
    "half_precision": "update_lost_to_rounding",
    "single_precision_offset": "update_lost_to_rounding",
    "sums_for_ever": "gradients_accumulate",
    "added_instead_of_subtracted": "update_climbs",
    "cleared_too_late": "gradients_cleared",
    "much_too_fast": "learning_rate_too_large",
    "much_too_slow": "learning_rate_too_small",
    "assigned_to_a_local_name": "static_weights",
}


def step_forgotten(seed=0):
    """The loop computes the gradients, prints the loss, and that is all."""
    x, t = spirals(64, seed=seed)
    model, loss = MLP([2, 16, 2], seed=seed), CrossEntropy()
    optimizer = Adam(model.parameters(), learning_rate=0.02)

    def step():
        value = loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        return value

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


def rate_of_zero(seed=0):
    """Meant 1e-2 and divided two whole numbers."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 16, 2], seed=seed)
    optimizer = SGD(model.parameters(), learning_rate=1 // 100)
    return {"model": model, "loss": CrossEntropy(), "optimizer": optimizer, "batch": (x, t)}


def schedule_ends_at_once(seed=0):
    """The schedule counts epochs of no length: its rate is 0 from the first step on."""
    x, t = spirals(64, seed=seed)
    model, loss = MLP([2, 16, 2], seed=seed), CrossEntropy()
    optimizer = SGD(model.parameters(), learning_rate=0.5)

    def step():
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        optimizer.learning_rate = 0.5 * max(0, 1 - 1 / 1)
        optimizer.step(model.gradients())

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


def optimizer_of_copies(seed=0):
    """Copied the parameters into the optimizer, to be safe."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 16, 2], seed=seed)
    optimizer = Adam({name: W.copy() for name, W in model.parameters().items()}, learning_rate=0.02)
    return {"model": model, "loss": CrossEntropy(), "optimizer": optimizer, "batch": (x, t)}


class RebindingSGD:
    """`W = W - ...` puts a new array into the optimizer's list; the model keeps the old one."""

    def __init__(self, parameters, learning_rate):
        self.parameters = dict(parameters)
        self.learning_rate = learning_rate

    def step(self, gradients):
        for name in self.parameters:
            self.parameters[name] = self.parameters[name] - self.learning_rate * gradients[name]


def new_arrays_in_a_list(seed=0):
    """The optimizer is handed the right arrays and replaces them in its own mapping."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 16, 2], seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": RebindingSGD(model.parameters(), 0.5), "batch": (x, t)}


class PickySGD:
    """Moves what it was given, whatever other gradients there are."""

    def __init__(self, parameters, learning_rate):
        self.parameters = parameters
        self.learning_rate = learning_rate

    def step(self, gradients):
        for name, W in self.parameters.items():
            W -= self.learning_rate * gradients[name]


def biases_left_out(seed=0):
    """Filtered the names that end with W, for weight decay, and forgot the second group."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 16, 2], seed=seed)
    weights = {name: W for name, W in model.parameters().items() if name.endswith("W")}
    return {"model": model, "loss": CrossEntropy(), "optimizer": PickySGD(weights, 0.5), "batch": (x, t)}


class Line:
    """y = x w + c with a w of any precision."""

    def __init__(self, w, c):
        self.w, self.c = w, c
        self.dw, self.dc = np.zeros_like(w), np.zeros_like(c)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.c

    def backward(self, y_bar):
        self.dw = (self.x.T @ y_bar).astype(self.w.dtype)
        self.dc = y_bar.sum(axis=0).astype(self.c.dtype)
        return y_bar @ self.w.T

    def parameters(self):
        return {"w": self.w, "c": self.c}

    def gradients(self):
        return {"w": self.dw, "c": self.dc}


def half_precision(seed=0):
    """Weights in float16 to save memory, updates of 1e-5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 3))
    model = Line(rng.normal(size=(3, 1)).astype(np.float16) + np.float16(3), np.full(1, 2, dtype=np.float16))
    t = x @ np.array([[4.0], [5.0], [2.0]]) + 1
    return {"model": model, "loss": MeanSquaredError(), "optimizer": SGD(model.parameters(), learning_rate=1e-5), "batch": (x, t)}


def single_precision_offset(seed=0):
    """Weights of thousands, as the inputs were not centred, and a step of 1e-6 in float32."""
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(64, 3)) * 1e-3).astype(np.float32)
    model = Line((5000 + rng.normal(size=(3, 2)) * 100).astype(np.float32), np.full(2, 4096, dtype=np.float32))
    t = (x @ np.full((3, 2), 4000.0) + 4095).astype(np.float32)
    return {"model": model, "loss": MeanSquaredError(), "optimizer": SGD(model.parameters(), learning_rate=1e-6), "batch": (x, t)}


class AccumulatingLine(Line):
    """backward adds, as frameworks do."""

    def backward(self, y_bar):
        self.dw = self.dw + self.x.T @ y_bar
        self.dc = self.dc + y_bar.sum(axis=0)
        return y_bar @ self.w.T

    def zero_grad(self):
        self.dw, self.dc = np.zeros_like(self.w), np.zeros_like(self.c)


def sums_for_ever(seed=0):
    """backward accumulates and the loop never calls zero_grad."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 3))
    t = x @ np.array([[4.0], [5.0], [2.0]]) + 1
    model, loss = AccumulatingLine(rng.normal(size=(3, 1)), np.zeros(1)), MeanSquaredError()
    optimizer = SGD(model.parameters(), learning_rate=0.05)

    def step():
        value = loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        optimizer.step(model.gradients())
        return value

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


class Climber(PickySGD):
    """Adds the gradient: written for a reward, used for a loss."""

    def step(self, gradients):
        for name, W in self.parameters.items():
            W += self.learning_rate * gradients[name]


def added_instead_of_subtracted(seed=0):
    """Gradient ascent on a loss."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 16, 2], seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": Climber(model.parameters(), 0.1), "batch": (x, t)}


def cleared_too_late(seed=0):
    """zero_grad stands between backward and step."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 3))
    t = x @ np.array([[4.0], [5.0], [2.0]]) + 1
    model, loss = AccumulatingLine(rng.normal(size=(3, 1)), np.zeros(1)), MeanSquaredError()
    optimizer = SGD(model.parameters(), learning_rate=0.05)

    def step():
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        model.zero_grad()
        optimizer.step(model.gradients())

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


def much_too_fast(seed=0):
    """A rate that another model could bear."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 3))
    t = x @ np.array([[4.0], [5.0], [2.0]]) + 1
    model = Line(rng.normal(size=(3, 1)), np.zeros(1))
    return {"model": model, "loss": MeanSquaredError(), "optimizer": SGD(model.parameters(), learning_rate=5.0), "batch": (x, t)}


def much_too_slow(seed=0):
    """1e-6 was right for the largest models."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 32, 32, 2], seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": Adam(model.parameters(), learning_rate=1e-6), "batch": (x, t)}


def assigned_to_a_local_name(seed=0):
    """Updated by hand, in a loop over the parameters: `W = W - ...` gives the name to another array."""
    x, t = spirals(64, seed=seed)
    model, loss = MLP([2, 16, 2], seed=seed), CrossEntropy()

    def step():
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        gradients = model.gradients()
        for name, W in model.parameters().items():
            W = W - 0.5 * gradients[name]

    return {"model": model, "loss": loss, "batch": (x, t), "step": step}
