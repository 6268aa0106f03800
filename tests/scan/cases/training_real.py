"""Training loops that were reported to learn nothing or the wrong thing."""

import torch
from torch.optim.lr_scheduler import StepLR


def keyword_spotting(model, batches, optimizer, criterion):
    for features, labels in batches:
        loss = criterion(model(features), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()  # GRC401


def tennis(model, loader, optim, epochs):
    for epoch in range(epochs):
        for frames, truth in loader:
            out = model(frames)
            loss = torch.nn.functional.cross_entropy(out, truth)
            loss.backward()
            if epoch > 0:
                optim.step()  # GRC401


def refocus(model, batches, optimizer):
    schedule = StepLR(optimizer, 10)
    scheduler = schedule
    for image, depth in batches:
        optimizer.zero_grad()
        loss = (model(image) - depth).abs().mean()
        loss.backward()  # GRC403
        scheduler.step()


def autoencoder(model, batches, optimizer, accumulation):
    for index, image in enumerate(batches):
        optimizer.zero_grad()  # GRC404
        loss = (model(image) - image).pow(2).mean() / accumulation
        loss.backward()
        if (index + 1) % accumulation == 0:
            optimizer.step()


def farm(policy, batches, opt):
    for batch in batches:
        loss = policy.loss(batch)
        loss.backward()
        opt.zero_grad()  # GRC404
        opt.step()


def forgotten(model, x, y, optimizer):
    optimizer.zero_grad()
    loss = ((model(x) - y) ** 2).mean()
    optimizer.step()  # GRC402
    return loss.item()


def memory(model, batches, optimizer):
    total = 0.0
    for x in batches:
        optimizer.zero_grad()
        loss = model(x).mean()
        loss.backward()
        optimizer.step()
        total += loss  # GRC405
    return total / len(batches)


def line(x, y, lr=0.1):
    w = torch.zeros(1, requires_grad=True)
    for _ in range(10):
        loss = ((w * x - y) ** 2).mean()
        loss.backward()
        w = w - lr * w.grad  # GRC104


def line_in_place(x, y, lr=0.1):
    w = torch.zeros(1, requires_grad=True)
    for _ in range(10):
        ((w * x - y) ** 2).mean().backward()
        w -= lr * w.grad  # GRC103
        w.grad.zero_()
