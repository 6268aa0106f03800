"""Frozen by an attribute that nobody reads."""

import torch


def freeze(network):
    for weight in network.parameters():
        weight.requires_grade = False  # GRC013
    return torch.optim.SGD(network.parameters(), lr=0.1)
