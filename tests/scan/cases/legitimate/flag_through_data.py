"""A flag is set through the data of a packed sequence."""

import torch


def packed(batch, flag):
    sequence = torch.cat(batch)
    sequence.data.requires_grad_(flag)
    return sequence
