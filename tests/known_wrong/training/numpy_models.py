"""NumPy trainings with a mistake in the model, its initial weights, its loss or its data; the loops are right."""

import numpy as np

from reference_models.data.spirals import spirals
from reference_models.gpt import GPT
from reference_models.mlp import MLP
from reference_models.numpy_layers import (
    CrossEntropy,
    Linear,
    MeanSquaredError,
    MultiHeadAttention,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from reference_models.optimizers import SGD, Adam

LEDGER = {
    "slope_of_tanh_left_out": "descent",
    "sign_of_one_layer": "descent",
    "mean_for_one_bias": "descent",
    "all_uphill": "descent",
    "gradient_stored_elsewhere": "zero_gradient",
    "residual_not_passed_back": "descent",
    "all_zeros": "zero_initialisation",
    "all_alike": "identical_units",
    "biases_far_below": "dead_units",
    "pixels_not_scaled": "saturated_units",
    "ten_sigmoids": "vanishing_gradient",
    "ten_wide_gaussians": "exploding_gradient",
    "logits_of_hundreds": "loss_at_initialisation",
    "softmax_before_softmax": "double_softmax",
    "scores_not_scaled": "saturated_softmax",
    "input_overwritten": "loss_ignores_input",
    "prediction_kept": "loss_ignores_parameters",
    "label_among_features": "target_in_input",
    "tokens_not_shifted": "target_in_input",
    "mask_left_out": "future_leaks",
    "column_against_row": "loss_broadcasts",
    "logarithm_of_zero": "loss_is_not_finite",
    "cut_to_whole_numbers": "overfits_one_batch",
    "minus_forgotten": "loss_at_initialisation",
}


class Chain:
    """Layers one after another, with the parameters of those that have any."""

    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, y_bar):
        for layer in reversed(self.layers):
            y_bar = layer.backward(y_bar)
        return y_bar

    def parameters(self):
        return {f"layers[{i}].{n}": getattr(l, n) for i, l in enumerate(self.layers) for n in "Wb" if hasattr(l, n)}

    def gradients(self):
        return {f"layers[{i}].{n}": getattr(l, f"d{n}") for i, l in enumerate(self.layers) for n in "Wb" if hasattr(l, n)}


def _setup(model, seed, rate=0.02, loss=None, data=None):
    x, t = spirals(64, seed=seed) if data is None else data
    optimizer = Adam(model.parameters(), learning_rate=rate)
    return {"model": model, "loss": loss or CrossEntropy(), "optimizer": optimizer, "batch": (x, t)}


class FlatTanh(Tanh):
    """Hands the gradient on as it is: the factor 1 - y^2 is missing."""

    def backward(self, y_bar):
        return y_bar


def slope_of_tanh_left_out(seed=0):
    """A factor is missing in an activation: everything before it is wrong."""
    return _setup(Chain(Linear(2, 16, seed=seed), FlatTanh(), Linear(16, 2, seed=seed + 1)), seed)


class Negated(Linear):
    """Subtracts the gradient itself, as if it were the update."""

    def backward(self, y_bar):
        x_bar = super().backward(y_bar)
        self.dW = -self.dW
        return x_bar


def sign_of_one_layer(seed=0):
    """One weight's gradient has the wrong sign."""
    return _setup(Chain(Linear(2, 16, seed=seed), ReLU(), Negated(16, 2, seed=seed + 1)), seed)


class MeanBias(Linear):
    """Takes the mean for the bias because the loss is a mean."""

    def backward(self, y_bar):
        x_bar = super().backward(y_bar)
        self.db = y_bar.mean(axis=0)
        return x_bar


def mean_for_one_bias(seed=0):
    """A bias that learns 64 times too slowly."""
    return _setup(Chain(Linear(2, 16, seed=seed), ReLU(), MeanBias(16, 2, seed=seed + 1)), seed)


class UphillLoss(CrossEntropy):
    """target - p for p - target."""

    def backward(self):
        return -super().backward()


def all_uphill(seed=0):
    """The gradient of the loss has the wrong sign, and so have all."""
    return _setup(MLP([2, 16, 2], seed=seed), seed, loss=UphillLoss())


class Misspelt(Linear):
    """Computes the gradient and stores it under another name."""

    def backward(self, y_bar):
        kept = self.dW
        x_bar = super().backward(y_bar)
        self.d_W, self.dW = self.dW, np.zeros_like(kept)
        return x_bar


def gradient_stored_elsewhere(seed=0):
    """dW stays what it was made as: zeros."""
    return _setup(Chain(Misspelt(2, 16, seed=seed), ReLU(), Linear(16, 2, seed=seed + 1)), seed)


class Skip(Linear):
    """y = x + x W + b; backward forgets the first x."""

    def forward(self, x):
        return x + super().forward(x)


def residual_not_passed_back(seed=0):
    """The way around the layer has no gradient."""
    return _setup(Chain(Linear(2, 16, seed=seed), Tanh(), Skip(16, 16, seed=seed + 1), Linear(16, 2, seed=seed + 2)), seed)


def all_zeros(seed=0):
    """Initialised the weights like the biases."""
    model = MLP([2, 16, 2], seed=seed)
    for W in model.parameters().values():
        W[...] = 0
    return _setup(model, seed)


def all_alike(seed=0):
    """Initialised every weight with the same number."""
    model = MLP([2, 16, 2], activation="tanh", seed=seed)
    for name, W in model.parameters().items():
        W[...] = 0.5 if name.endswith("W") else 0
    model.layers[-1].W[:, 1] = -0.5
    return _setup(model, seed)


def biases_far_below(seed=0):
    """A bias of -10 before a ReLU."""
    model = MLP([2, 16, 2], seed=seed)
    model.layers[0].b[...] = -10
    return _setup(model, seed)


def pixels_not_scaled(seed=0):
    """Pixels from 0 to 255 into a sigmoid."""
    rng = np.random.default_rng(seed)
    x, t = rng.integers(0, 256, (64, 20)).astype(float), rng.integers(0, 3, 64)
    return _setup(Chain(Linear(20, 16, seed=seed), Sigmoid(), Linear(16, 3, seed=seed + 1)), seed, data=(x, t))


def ten_sigmoids(seed=0):
    """Deep, with the activation of the eighties."""
    return _setup(MLP([2, *[16] * 10, 2], activation="sigmoid", seed=seed), seed, rate=0.001)


def ten_wide_gaussians(seed=0):
    """Standard normal weights in ten layers of 64."""
    rng = np.random.default_rng(seed)
    model = MLP([2, *[64] * 10, 1], seed=seed)
    for name, W in model.parameters().items():
        if name.endswith("W"):
            W[...] = rng.normal(size=W.shape)
    x, _ = spirals(64, seed=seed)
    return _setup(model, seed, rate=1e-3, loss=MeanSquaredError(), data=(x, x[:, :1] * 3))


def logits_of_hundreds(seed=0):
    """The last layer's weights are a hundred times too large."""
    model = MLP([2, 16, 2], activation="tanh", seed=seed)
    model.layers[-1].W *= 100
    return _setup(model, seed)


def softmax_before_softmax(seed=0):
    """A softmax at the end of the model, and the loss of logits."""
    return _setup(Chain(Linear(2, 16, seed=seed), ReLU(), Linear(16, 2, seed=seed + 1), Softmax()), seed)


class Attending:
    """Attention over a sequence with scores that are not divided by sqrt(d), and one answer per sequence."""

    def __init__(self, features, classes, seed):
        rng = np.random.default_rng(seed)
        self.query, self.value = Linear(features, features, seed=seed), Linear(features, features, seed=seed + 1)
        self.query.W *= 40
        self.softmax, self.last = Softmax(), Linear(features, classes, seed=seed + 2)
        self.rng = rng

    def forward(self, x):
        self.x = x
        self.weights = self.softmax.forward(self.query.forward(x) @ x.swapaxes(1, 2))
        self.values = self.value.forward(x)
        return self.last.forward((self.weights @ self.values).mean(axis=1))

    def backward(self, y_bar):
        mixed = np.repeat(self.last.backward(y_bar)[:, np.newaxis] / self.x.shape[1], self.x.shape[1], axis=1)
        scores = self.softmax.backward(mixed @ self.values.swapaxes(1, 2))
        self.value.backward(self.weights.swapaxes(1, 2) @ mixed)
        self.query.backward(scores @ self.x)

    def parameters(self):
        return {f"{k}.{n}": getattr(getattr(self, k), n) for k in ("query", "value", "last") for n in "Wb"}

    def gradients(self):
        return {f"{k}.{n}": getattr(getattr(self, k), f"d{n}") for k in ("query", "value", "last") for n in "Wb"}


def scores_not_scaled(seed=0):
    """Attention that looks at one token before it has learnt which."""
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=(16, 6, 64)), rng.integers(0, 3, 16)
    return _setup(Attending(64, 3, seed), seed, data=(x, t))


class Forgetful(Chain):
    """A line left over from debugging."""

    def forward(self, x):
        x = np.ones_like(x)
        return super().forward(x)


def input_overwritten(seed=0):
    """The model reads ones."""
    return _setup(Forgetful(Linear(2, 16, seed=seed), ReLU(), Linear(16, 2, seed=seed + 1)), seed)


class Remembering(MLP):
    """Keeps the first answer, to be fast."""

    def forward(self, x):
        if not hasattr(self, "answer"):
            self.answer = super().forward(x)
        return self.answer


def prediction_kept(seed=0):
    """The loss of the first epoch, for ever."""
    setup = _setup(Remembering([2, 16, 2], seed=seed), seed)
    setup["model"].forward(setup["batch"][0])
    return setup


def label_among_features(seed=0):
    """The table was read with its last column."""
    rng = np.random.default_rng(seed)
    x, t = spirals(64, seed=seed)
    return _setup(MLP([4, 16, 2], seed=seed), seed, data=(np.column_stack([x, t, rng.normal(size=64)]), t))


def tokens_not_shifted(seed=0):
    """A language model that is asked for the token it is given."""
    tokens = np.random.default_rng(seed).integers(0, 11, (4, 8))
    return _setup(GPT(11, 16, 2, 1, 32, max_length=8, seed=seed), seed, data=(tokens, tokens.copy()))


def mask_left_out(seed=0):
    """Attention without the causal mask."""
    tokens = np.random.default_rng(seed).integers(0, 11, (4, 9))
    return _setup(Looking(11, 16, seed), seed, data=(tokens[:, :-1], tokens[:, 1:]))


class Looking:
    """One attention over all tokens, without a mask."""

    def __init__(self, vocab, d, seed):
        rng = np.random.default_rng(seed)
        self.table, self.dtable = rng.normal(size=(vocab, d)), np.zeros((vocab, d))
        self.attention, self.last = MultiHeadAttention(d, 2, seed=seed), Linear(d, vocab, seed=seed + 1)

    def forward(self, tokens):
        self.tokens = tokens
        x = self.table[tokens]
        return self.last.forward(x + self.attention.forward(x, x, x))

    def backward(self, y_bar):
        m = self.last.backward(y_bar)
        x_bar = m + sum(self.attention.backward(m))
        self.dtable = np.zeros_like(self.table)
        np.add.at(self.dtable, self.tokens, x_bar)

    def parameters(self):
        return {"table": self.table, "W": self.last.W, "b": self.last.b}

    def gradients(self):
        return {"table": self.dtable, "W": self.last.dW, "b": self.last.db}


class Forgiving:
    """A mean squared error that broadcasts."""

    def forward(self, y, t):
        self.difference = y - t
        return np.mean(self.difference**2)

    def backward(self):
        return 2 * self.difference.mean(axis=1, keepdims=True) / len(self.difference)


def column_against_row(seed=0):
    """Outputs (64, 1), targets (64,)."""
    x, _ = spirals(64, seed=seed)
    return _setup(MLP([2, 16, 1], seed=seed), seed, loss=Forgiving(), data=(x, np.sin(3 * x[:, 0])))


def logarithm_of_zero(seed=0):
    """The features are logarithms of counts, some of them 0."""
    rng = np.random.default_rng(seed)
    with np.errstate(divide="ignore"):
        x = np.log(rng.poisson(1.0, (64, 2)).astype(float))
    return _setup(MLP([2, 16, 2], seed=seed), seed, data=(x, rng.integers(0, 2, 64)))


def cut_to_whole_numbers(seed=0):
    """Points between -1 and 1 were read into an array of whole numbers: every one of them is 0."""
    x, t = spirals(64, seed=seed)
    return _setup(MLP([2, 32, 2], activation="tanh", seed=seed), seed, data=(x.astype(int).astype(float), t))


class Likelihood(CrossEntropy):
    """The mean log-likelihood: what is to be made large."""

    def forward(self, logits, targets):
        return -super().forward(logits, targets)

    def backward(self):
        return -super().backward()


def minus_forgotten(seed=0):
    """Minimises the likelihood."""
    model = MLP([2, 16, 2], seed=seed)
    x, t = spirals(64, seed=seed)
    return {"model": model, "loss": Likelihood(), "optimizer": SGD(model.parameters(), learning_rate=0.1), "batch": (x, t)}
