import numpy as np
import torch

from .tracking import tracked


class Relu:
    def run(self, x):
        return Tensor(np.maximum(x.data, 0))


Relu.run = tracked(Relu.run)
