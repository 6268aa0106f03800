"""A forecaster's inputs are flagged by an attribute that nobody reads."""

import torch


def positional(rows, width):
    encoding = torch.zeros(rows, width).float()
    encoding.require_grad = False  # GRC013
    return encoding
