"""Gradients are clipped, and those of the batch before are still in them."""

import torch


def keyword_spotting(model, batches, optimizer, criterion):
    for features, labels in batches:
        loss = criterion(model(features), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()  # GRC401
