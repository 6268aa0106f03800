"""`as_tensor` keeps the history of a tensor, but not that of a list of tensors."""

import torch


def two_terms_loss(u, v):
    a = torch.mean(u**2)
    b = torch.mean(v**2)
    return torch.as_tensor([a, b]).sum()  # GRC004
