"""Weights inside of a loss that are meant to be constant."""

import torch
from torch.nn import functional as F


def circle_loss(sp, sn, m, gamma):
    ap = torch.clamp_min(-sp.detach() + 1 + m, min=0.0)
    an = torch.clamp_min(sn.detach() + m, min=0.0)
    return F.softplus(torch.logsumexp(gamma * an * sn, 0) + torch.logsumexp(-gamma * ap * sp, 0))
