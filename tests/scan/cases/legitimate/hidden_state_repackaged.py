"""Truncated backpropagation through time: the state goes on, its history does not."""

import torch


def repackage_hidden(h):
    if isinstance(h, torch.Tensor):
        return h.detach()
    return tuple(repackage_hidden(v) for v in h)
