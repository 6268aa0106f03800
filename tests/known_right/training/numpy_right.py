"""NumPy trainings without a mistake, some of them near to one."""

import numpy as np

from gradcheck import TrainingSetup
from reference_models.convolutional_network import ConvolutionalNetwork
from reference_models.data.digits import digits
from reference_models.data.master_sequences import MasterSequences, generated_masters
from reference_models.data.spirals import spirals
from reference_models.data.transduction import PADDING, Order, Transduction
from reference_models.data.xor import xor
from reference_models.gpt import GPT
from reference_models.mlp import MLP
from reference_models.numpy_layers import CrossEntropy, Dropout, Linear, MeanAbsoluteError, MeanSquaredError, ReLU
from reference_models.optimizers import SGD, Adam, AdamW, Cosine, Momentum, Nesterov, RMSProp
from reference_models.parameters import cast, gradients, parameters
from reference_models.transformer import Transformer

LEDGER = (
    "spirals_by_adam", "sgd_slowly", "momentum_in_float32", "nesterov_on_xor_like", "absolute_errors", "last_layer_of_zeros",
    "with_dropout", "digits_by_convolution", "gpt_with_warm_up", "gpt_tied_wide", "copying_transformer",
    "only_functions", "sum_and_mean", "positive_pixels", "autoencoder", "clipped_by_hand", "already_trained",
    "noisy_line", "xor_by_one_layer", "small_rate", "ten_relu_layers", "normal_weights_in_sigmoids", "pairs_of_functions",
)  # fmt: skip


def _spirals(model, seed, optimizer=None, loss=None):
    x, t = spirals(64, seed=seed)
    optimizer = optimizer or Adam(model.parameters(), learning_rate=0.02)
    return {"model": model, "loss": loss or CrossEntropy(), "optimizer": optimizer, "batch": (x, t)}


def spirals_by_adam(seed=0):
    """As in the page on the reference models."""
    return _spirals(MLP([2, 32, 32, 2], seed=seed), seed)


def sgd_slowly(seed=0):
    """Plain SGD that needs thousands of steps for spirals: slow is not wrong."""
    model = MLP([2, 32, 32, 2], seed=seed)
    return _spirals(model, seed, SGD(model.parameters(), learning_rate=0.05))


def momentum_in_float32(seed=0):
    """float32 throughout."""
    model = MLP([2, 32, 2], activation="tanh", seed=seed)
    cast(model, np.float32)
    setup = _spirals(model, seed, Momentum(model.parameters(), learning_rate=0.1))
    x, t = setup["batch"]
    return {**setup, "batch": (x.astype(np.float32), t)}


def nesterov_on_xor_like(seed=0):
    """Sigmoids and Nesterov."""
    model = MLP([2, 16, 2], activation="sigmoid", seed=seed)
    return _spirals(model, seed, Nesterov(model.parameters(), learning_rate=0.5))


def absolute_errors(seed=0):
    """A loss with a kink at every target."""
    x, _ = spirals(64, seed=seed)
    model = MLP([2, 32, 1], seed=seed)
    optimizer = RMSProp(model.parameters(), learning_rate=0.01)
    return {"model": model, "loss": MeanAbsoluteError(), "optimizer": optimizer, "batch": (x, np.sin(3 * x[:, :1]))}


def last_layer_of_zeros(seed=0):
    """The last layer starts at 0, as many do: no gradient before it in the first step, and one in the second."""
    model = MLP([2, 32, 2], seed=seed)
    model.layers[-1].W[...] = 0
    return _spirals(model, seed)


class Dropping:
    """An MLP with dropout, which draws anew in every forward."""

    def __init__(self, seed):
        self.layers = [Linear(2, 64, seed=seed), ReLU(), Dropout(0.3, seed=seed), Linear(64, 2, seed=seed + 1)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, y_bar):
        for layer in reversed(self.layers):
            y_bar = layer.backward(y_bar)

    def parameters(self):
        return parameters(self)

    def gradients(self):
        return gradients(self)


def with_dropout(seed=0):
    """Random, and the same for the same state."""
    return _spirals(Dropping(seed), seed)


def digits_by_convolution(seed=0):
    """Convolutions, BatchNorm, pooling; biases before BatchNorm have no gradient but rounding."""
    x, t = digits(32, seed=seed)
    model = ConvolutionalNetwork(seed=seed)
    optimizer = AdamW(model.parameters(), learning_rate=0.01, weight_decay=0.01)
    return {"model": model, "loss": CrossEntropy(), "optimizer": optimizer, "batch": (x, t)}


def _tokens(seed, size=16):
    masters = generated_masters(4, (20, 30), vocabulary_size=6, seed=seed)
    data = MasterSequences(vocabulary_size=6, sample_length=12, masters=masters, seed=seed)
    return data.get_batch(size)


def gpt_with_warm_up(seed=0):
    """The learning rate of the first step is 0."""
    x, t = _tokens(seed)
    model, loss = GPT(6, 32, 2, 2, 64, 12, seed=seed), CrossEntropy()
    optimizer, schedule = Adam(model.parameters()), Cosine(peak=5e-3, steps=400, warm_up=20)
    taken = [0]

    def step():
        value = loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        optimizer.learning_rate = schedule(taken[0])
        taken[0] += 1
        optimizer.step(model.gradients())
        return value

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


def gpt_tied_wide(seed=0):
    """Tied embeddings of 64 features: logits spread."""
    x, t = _tokens(seed, 4)
    model = GPT(6, 64, 4, 1, 64, 12, seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": Adam(model.parameters(), learning_rate=3e-3), "batch": (x, t)}


def copying_transformer(seed=0):
    """The target equals the source, on purpose; what the decoder sees is shifted."""
    data = Transduction(Order.COPY, symbols=10, length=(5, 8), seed=seed)
    pairs = data.get_batch(16)
    model = Transformer(data.vocabulary_size, 16, 2, 1, 32, padding=PADDING, norm_first=True, dtype=np.float32, seed=seed)
    return {
        "model": model, "loss": CrossEntropy(ignore_index=PADDING),
        "optimizer": Adam(model.parameters(), learning_rate=5e-3), "batch": (pairs.source, pairs.seen, pairs.said),
    }  # fmt: skip


def only_functions(seed=0):
    """No model at all: an array and three functions."""
    rng = np.random.default_rng(seed)
    x, t = rng.normal(size=(32, 3)), rng.normal(size=32)
    W = np.zeros(3)

    def slope():
        return {"W": 2 * x.T @ (x @ W - t) / 32}

    def step():
        W[...] -= 0.1 * slope()["W"]

    return TrainingSetup(parameters={"W": W}, loss=lambda: np.mean((x @ W - t) ** 2), gradients=slope, step=step)


class SumLoss(CrossEntropy):
    """Tells the sum, passes the gradient of the mean back."""

    def forward(self, logits, targets):
        return super().forward(logits, targets) * len(targets)


def sum_and_mean(seed=0):
    """One factor on every gradient is a learning rate."""
    return _spirals(MLP([2, 32, 32, 2], seed=seed), seed, loss=SumLoss())


def positive_pixels(seed=0):
    """Inputs that are never negative leave many ReLUs dead."""
    rng = np.random.default_rng(seed)
    x, t = rng.uniform(size=(16, 64)), rng.integers(0, 4, 16)
    model = MLP([64, 32, 32, 4], seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": Adam(model.parameters(), learning_rate=3e-3), "batch": (x, t)}


def autoencoder(seed=0):
    """The target is the input, and has to be."""
    x = np.random.default_rng(seed).normal(size=(32, 8))
    model = MLP([8, 16, 8], activation="tanh", seed=seed)
    return {"model": model, "loss": MeanSquaredError(), "optimizer": Adam(model.parameters(), learning_rate=0.01), "batch": (x, x)}


def clipped_by_hand(seed=0):
    """The loop clips the gradients in place."""
    x, t = spirals(64, seed=seed)
    model, loss = MLP([2, 32, 32, 2], seed=seed), CrossEntropy()
    optimizer = SGD(model.parameters(), learning_rate=0.5)

    def step():
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        norm = np.sqrt(sum(np.sum(g**2) for g in model.gradients().values()))
        for g in model.gradients().values():
            g *= min(1, 0.05 / norm)
        optimizer.step(model.gradients())

    return {"model": model, "loss": loss, "optimizer": optimizer, "batch": (x, t), "step": step}


def already_trained(seed=0):
    """Checked in the middle of a training: the loss lies far below log 2."""
    setup = _spirals(MLP([2, 32, 32, 2], seed=seed), seed)
    model, loss, (x, t) = setup["model"], setup["loss"], setup["batch"]
    for _ in range(60):
        loss.forward(model.forward(x), t)
        model.backward(loss.backward())
        setup["optimizer"].step(model.gradients())
    return setup


def noisy_line(seed=0):
    """No model comes below the noise."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(64, 1))
    model = MLP([1, 1], seed=seed)
    optimizer = SGD(model.parameters(), learning_rate=0.1)
    return {"model": model, "loss": MeanSquaredError(half=True), "optimizer": optimizer, "batch": (x, 3 * x + rng.normal(size=(64, 1)))}


def xor_by_one_layer(seed=0):
    """No line separates them: expected, and no fault of the training's."""
    x, t = xor(256, seed=seed)
    model = MLP([2, 2], seed=seed)
    return {"model": model, "loss": CrossEntropy(), "optimizer": Adam(model.parameters(), learning_rate=0.1), "batch": (x, t)}


def small_rate(seed=0):
    """A learning rate of 1e-4, as for fine-tuning."""
    model = MLP([2, 64, 64, 2], seed=seed)
    return _spirals(model, seed, Adam(model.parameters(), learning_rate=1e-4))


def ten_relu_layers(seed=0):
    """Deep, after He."""
    rng = np.random.default_rng(seed)
    model = MLP([2, *[32] * 10, 2], seed=seed)
    for name, W in model.parameters().items():
        if name.endswith("W"):
            W[...] = rng.normal(size=W.shape) * np.sqrt(2 / W.shape[0])
    return _spirals(model, seed, Adam(model.parameters(), learning_rate=1e-3))


class Plain:
    """A network as in a first course: lists, no parameters(), gradients beside the weights."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.W1, self.b1 = rng.normal(size=(2, 16)), np.zeros((1, 16))
        self.W2, self.b2 = rng.normal(size=(16, 1)), np.zeros((1, 1))
        self.dW1 = self.db1 = self.dW2 = self.db2 = None

    def forward(self, x):
        self.x, self.h = x, 1 / (1 + np.exp(-(x @ self.W1 + self.b1)))
        self.y = 1 / (1 + np.exp(-(self.h @ self.W2 + self.b2)))
        return self.y

    def backward(self, y_bar):
        z_bar = y_bar * self.y * (1 - self.y)
        self.dW2, self.db2 = self.h.T @ z_bar, z_bar.sum(axis=0, keepdims=True)
        h_bar = z_bar @ self.W2.T * self.h * (1 - self.h)
        self.dW1, self.db1 = self.x.T @ h_bar, h_bar.sum(axis=0, keepdims=True)

    def update(self, rate):
        self.W1 -= rate * self.dW1
        self.b1 -= rate * self.db1
        self.W2 = self.W2 - rate * self.dW2
        self.b2 = self.b2 - rate * self.db2


def normal_weights_in_sigmoids(seed=0):
    """No parameters(), no optimizer: the model updates itself, partly with new arrays."""
    x, t = spirals(64, seed=seed)
    model = Plain(seed)
    t = t[:, np.newaxis].astype(float)

    def step():
        model.backward(2 * (model.forward(x) - t) / len(x))
        model.update(1.0)

    pair = (lambda y, t: np.mean((y - t) ** 2), lambda y, t: 2 * (y - t) / len(y))
    return {"model": model, "loss": pair, "batch": (x, t), "step": step}


def pairs_of_functions(seed=0):
    """A loss that returns its value and its gradient."""
    x, t = spirals(64, seed=seed)
    model = MLP([2, 32, 1], activation="tanh", seed=seed)
    optimizer = Adam(model.parameters(), learning_rate=0.02)
    return {
        "model": model, "loss": lambda y, t: (np.mean((y - t) ** 2), 2 * (y - t) / y.size),
        "optimizer": optimizer, "batch": (x, t[:, np.newaxis] * 1.0),
    }  # fmt: skip
