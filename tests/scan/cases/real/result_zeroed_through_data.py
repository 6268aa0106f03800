"""A result is zeroed behind the back of the operation that keeps it: a gradient of zero, and no error."""

import torch


def silence(x):
    y = torch.exp(x)
    y.data.zero_()  # GRC101
    y.sum().backward()
    return x.grad
