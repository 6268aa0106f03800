"""A training step counts its hits without a graph."""

import torch
from torch import nn
from torch.nn import functional as F


class Classifier(nn.Module):
    def training_step(self, batch):
        x, t = batch
        logits = self(x)
        loss = F.cross_entropy(logits, t)
        with torch.no_grad():
            predicted = torch.argmax(logits, dim=1)
            self.accuracy.update(predicted, t)
        return loss
