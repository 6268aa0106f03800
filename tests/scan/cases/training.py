"""Training loops that learn nothing, or the wrong thing."""

import torch


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
