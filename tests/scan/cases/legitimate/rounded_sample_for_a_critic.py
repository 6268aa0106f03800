"""What was sampled without a graph may be rounded; the critic that sees it is trained all the same."""

import torch


def critic_step(generator, critic, noise, real, criterion, optimizer):
    optimizer.zero_grad()
    with torch.no_grad():
        sampled = generator(noise) * 2.0 - 1.0
    clipped = sampled.clamp(-1.0, 1.0)
    levels = torch.round((clipped + 1.0) * 127.5) / 127.5 - 1.0
    loss = criterion(critic(levels), critic(real))
    loss.backward()
    optimizer.step()
