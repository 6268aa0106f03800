"""What sigmoid keeps for its backward is clamped behind its back."""

import torch


def squash(x):
    y = torch.sigmoid(x)
    y.data.clamp_(0.1, 0.9)  # GRC101
    return y.sum()
