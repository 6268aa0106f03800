"""A wrapper detaches the features it encodes: nothing in front of it learns."""

from torch import nn


class Recogniser(nn.Module):
    def forward(self, feats):
        return self.enc(feats.detach())  # GRC008
