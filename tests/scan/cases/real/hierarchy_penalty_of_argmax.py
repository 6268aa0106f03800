"""The penalty compares classes that were chosen, in a fresh tensor; its weight has no effect."""

import torch
from torch.nn import functional as F


def hierarchy_loss(level_one, level_two, t, beta):
    predicted = torch.argmax(level_two, dim=1)  # GRC011
    wrong = torch.FloatTensor([float(p != q) for p, q in zip(predicted, t)])
    return F.cross_entropy(level_one, t) + beta * wrong.mean() + F.mse_loss(predicted.float(), t)
