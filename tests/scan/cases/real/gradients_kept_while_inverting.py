"""A latent code is searched for by gradients that add up."""

import torch


def invert(generator, image, steps):
    code = torch.zeros(1, 16, requires_grad=True)
    optimizer = torch.optim.Adam([code], lr=0.01)
    for _ in range(steps):
        loss = ((generator(code) - image) ** 2).mean()
        loss.backward()
        optimizer.step()  # GRC401
    return code
