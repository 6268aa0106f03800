"""Tensors copied into a new tensor lose their history."""
import torch


def balance_loss(gates):
    loss_list = []
    for gate in gates:
        loss_list.append(torch.var(gate) / torch.mean(gate) ** 2)
    return torch.tensor(loss_list).sum()  # GRC004


def two_terms_loss(u, v):
    a = torch.mean(u**2)
    b = torch.mean(v**2)
    return torch.as_tensor([a, b]).sum()  # GRC004


def single():
    p = torch.nn.Parameter(torch.ones(1))
    y = torch.Tensor([p]).sum()  # GRC004
    y.backward()
    return p.grad
