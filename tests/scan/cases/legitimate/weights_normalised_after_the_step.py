"""Rows of a dictionary are kept at length one, outside of the graph."""

import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def training_step(self, x):
        loss = ((self(x) - x) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            self.decoder.weight.data = F.normalize(self.decoder.weight.data, dim=1)
        return loss
