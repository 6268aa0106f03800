"""The scheduler is stepped as it should be."""

import torch


def reinforce(policy, episodes, steps):
    optimizer = torch.optim.Adam(policy.parameters())
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for observations, actions, advantages in episodes:
        log_probability = policy(observations).log_prob(actions)
        loss = -(log_probability * advantages).mean()
        loss.backward()
        optimizer.step()  # GRC401
        scheduler.step()
