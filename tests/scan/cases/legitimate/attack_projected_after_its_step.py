"""A perturbation is projected after each step of its own."""

import torch


def attack(model, x, t, delta, eps, criterion):
    loss = criterion(model(x + delta), t)
    loss.backward()
    delta.data = (delta + eps * delta.grad.sign()).clamp(-eps, eps)
    delta.data = torch.min(torch.max(delta.data, -x), 1 - x)
    delta.grad.zero_()
    return delta
