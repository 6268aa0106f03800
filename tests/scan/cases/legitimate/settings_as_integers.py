"""Settings are read as integers before a training loop; no loss is made of them, though they are handed around."""

import torch
from data import build_loader


def main(settings, model, criterion):
    batch_size = int(settings.get("batch_size", 16))
    loader = build_loader(settings["folder"], batch_size)
    optimizer = torch.optim.Adam(model.parameters())
    for x, t in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), t.long())
        loss.backward()
        optimizer.step()
