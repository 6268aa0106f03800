"""The sign of an error weighs its size, and is no function to be trained."""

import torch


def quantile_huber_loss(errors, taus, kappa=1.0):
    size = torch.where(errors.abs() <= kappa, 0.5 * errors.pow(2), kappa * (errors.abs() - 0.5 * kappa))
    weights = torch.abs(taus[..., None] - (errors.detach() < 0).float())
    return (weights * size / kappa).sum(dim=1).mean()
