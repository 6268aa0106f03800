"""Facts of another file: its helper takes the array out, its class is the tensor."""
import numpy as np
from engine import Value, as_array
from patches import install


def far(x):
    return Value(np.exp(as_array(x)))  # GRC001


class Swish:
    def forward(self, x):
        return Value(x.data / (1 + np.exp(-x.data)))


class Mish:
    def forward(self, x):  # GRC502
        return Value(x.data * np.tanh(x.data))  # GRC001


install()
