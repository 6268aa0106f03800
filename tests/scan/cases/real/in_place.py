"""Values that backward needs, changed unseen."""
import torch


def squash(x):
    y = torch.sigmoid(x)
    y.data.clamp_(0.1, 0.9)  # GRC101
    return y.sum()


def silence(x):
    y = torch.exp(x)
    y.data.zero_()  # GRC101
    y.sum().backward()
    return x.grad
