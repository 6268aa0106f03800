"""`.detach()` in the middle of what should be trained."""
import torch
from torch import nn


class AdaptiveGraph(nn.Module):
    def forward(self, x):
        adjacency = torch.softmax(self.left(x) @ self.right(x).transpose(1, 2), dim=-1).detach()  # GRC008
        return adjacency @ x


class Recogniser(nn.Module):
    def forward(self, feats):
        return self.enc(feats.detach())  # GRC008


class Semantic(nn.Module):
    def compute_loss(self, image, labels):
        predicted = self.segment(image)
        loss_sem = self.cross_entropy(predicted.detach(), labels)  # GRC008
        return loss_sem


class LongAttention(nn.Module):
    def forward(self, scores, value):
        probabilities = torch.softmax(scores, -1)
        return probabilities.detach() @ value  # GRC008
