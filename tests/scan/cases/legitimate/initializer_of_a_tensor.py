"""An initializer takes the data of the tensor it is given, a later one does without."""

import torch


def uniform(tensor, limit):
    return tensor.data.uniform_(-limit, limit)


def xavier_uniform(tensor, gain):
    limit = gain * (6.0 / sum(tensor.shape)) ** 0.5
    with torch.no_grad():
        return tensor.uniform_(-limit, limit)
