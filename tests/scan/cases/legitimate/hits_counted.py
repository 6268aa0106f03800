"""Metrics beside a loss."""

import torch


def epoch(model, loader, criterion, optimizer, phase):
    running, hits = 0.0, 0
    for x, labels in loader:
        optimizer.zero_grad()
        out = model(x)
        loss = criterion(out, labels)
        _, predicted = torch.max(out, 1)
        if phase == "train":
            loss.backward()
            optimizer.step()
        running += loss.item() * x.size(0)
        hits += torch.sum(predicted == labels.data)
    return running / len(loader.dataset), float(hits) / len(loader.dataset)
