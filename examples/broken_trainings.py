"""Three trainings whose model does not learn, as people write them, each with one mistake."""

import numpy as np

from reference_models.data.spirals import spirals
from reference_models.mlp import MLP
from reference_models.numpy_layers import CrossEntropy, Tanh
from reference_models.optimizers import SGD
from reference_models.tape.functions import cross_entropy, tanh
from reference_models.tape.modules.linear import Linear
from reference_models.tape.tensor import Tensor

# The function of every mistake and the finding that must explain it.
PLANTED = {
    "weights_never_updated": "optimizer_updates_a_copy",
    "graph_cut_by_data": "no_gradient",
    "missing_factor": "descent",
}


class Descent:
    def __init__(self, parameters, learning_rate):
        self.parameters = dict(parameters)
        self.learning_rate = learning_rate

    def step(self, gradients):
        for name, W in self.parameters.items():
            self.parameters[name] = W - self.learning_rate * gradients[name]  # a new array, not the model's


def weights_never_updated():
    model = MLP([2, 16, 2])
    return model, CrossEntropy(), Descent(model.parameters(), 0.5), spirals(64)


class Cut:
    def __init__(self):
        self.first, self.second = Linear(2, 16), Linear(16, 2, seed=1)

    def forward(self, x):
        h = tanh(self.first.forward(x))
        h = Tensor(h.data / np.abs(h.data).max())  # NumPy was at hand; the graph ends here
        return self.second.forward(h)

    def parameters(self):
        return [self.first.W, self.first.b, self.second.W, self.second.b]

    def zero_grad(self):
        for tensor in self.parameters():
            tensor.grad = None


class TensorDescent:
    def __init__(self, tensors, learning_rate):
        self.tensors, self.learning_rate = tensors, learning_rate

    def step(self):
        for tensor in self.tensors:
            if tensor.grad is not None:
                tensor.data -= self.learning_rate * tensor.grad


def graph_cut_by_data():
    model = Cut()
    x, t = spirals(64)
    return model, cross_entropy, TensorDescent(model.parameters(), 0.5), (Tensor(x), t)


class TanhWithoutItsSlope(Tanh):
    def backward(self, y_bar):
        return y_bar  # times 1 - y^2


def missing_factor():
    model = MLP([2, 16, 2], activation="tanh")
    model.layers[1] = TanhWithoutItsSlope()
    return model, CrossEntropy(), SGD(model.parameters(), learning_rate=0.5), spirals(64)
