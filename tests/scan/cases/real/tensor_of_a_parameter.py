"""A parameter inside of a list is read as a number."""

import torch


def single():
    p = torch.nn.Parameter(torch.ones(1))
    y = torch.Tensor([p]).sum()  # GRC004
    y.backward()
    return p.grad
