"""Right nn.Modules that look wrong: random, stateful, frozen, gated at zero, straight-through by detach."""

import torch
from torch import nn
from torch.nn import functional as F

LEDGER = {
    "DropoutBlock": {"may_be": ["passed"], "trap": "random in forward"},
    "BatchNormBlock": {"may_be": ["passed"], "trap": "running statistics move with every forward"},
    "Recurrent": {"may_be": ["passed"], "trap": "weights flattened for a kernel"},
    "Attention": {"may_be": ["passed"], "trap": "the key's bias has gradient zero in truth"},
    "FrozenBackbone": {"may_be": ["passed"], "trap": "requires_grad is False"},
    "ZeroGate": {"may_be": ["passed"], "trap": "a gate at zero hides what lies behind it"},
    "UnusedHead": {"may_be": ["passed"], "trap": "a head for training only"},
    "QuantizedActivation": {"may_be": ["not applicable"], "trap": "straight-through by detach"},
    "TargetNetwork": {"may_be": ["passed", "inconclusive"], "trap": "a gradient stopped on purpose"},
    "TokenClassifier": {"may_be": ["passed"], "trap": "whole numbers in, rows add up"},
    "TiedWeights": {"may_be": ["passed"], "trap": "one parameter in two places"},
    "ReluNetwork": {"may_be": ["passed"], "trap": "kinks"},
    "NormalizedLinear": {"may_be": ["passed"], "trap": "buffers, and statistics by detach that forward does not use"},
}


class DropoutBlock(nn.Module):
    def __init__(self, in_features, out_features, p=0.3):
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)
        self.dropout = nn.Dropout(p)

    def forward(self, x):
        return self.dropout(torch.tanh(self.linear(x)))


class BatchNormBlock(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        return F.silu(self.norm(self.conv(x)))


class Recurrent(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True)

    def forward(self, x):
        return self.rnn(x)[0]


class Attention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


class FrozenBackbone(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.backbone = nn.Linear(in_features, in_features)
        self.head = nn.Linear(in_features, out_features)
        for parameter in self.backbone.parameters():
            parameter.requires_grad_(False)

    def forward(self, x):
        return self.head(torch.tanh(self.backbone(x)))


class ZeroGate(nn.Module):
    def __init__(self, in_features):
        super().__init__()
        self.linear = nn.Linear(in_features, in_features)
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.gate * torch.tanh(self.linear(x))


class UnusedHead(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.main = nn.Linear(in_features, out_features)
        self.auxiliary = nn.Linear(in_features, out_features)

    def forward(self, x, auxiliary=False):
        return self.auxiliary(x) if auxiliary else self.main(x)


class QuantizedActivation(nn.Module):
    def forward(self, x):
        return x + (torch.round(x * 8) / 8 - x).detach()


class TargetNetwork(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.online = nn.Linear(in_features, out_features)
        self.target = nn.Linear(in_features, out_features)

    def forward(self, x):
        with torch.no_grad():
            wanted = self.target(x)
        return ((self.online(x) - wanted) ** 2).mean(-1)


class TokenClassifier(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_classes):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed_dim)
        self.head = nn.Linear(embed_dim, num_classes)

    def forward(self, tokens):
        return self.head(self.embedding(tokens).mean(1))


class TiedWeights(nn.Module):
    def __init__(self, in_features, hidden_size):
        super().__init__()
        self.encode = nn.Linear(in_features, hidden_size, bias=False)
        self.decode = nn.Linear(hidden_size, in_features, bias=False)
        self.decode.weight = nn.Parameter(self.encode.weight.data.t().clone())
        self.again = self.encode

    def forward(self, x):
        return self.decode(torch.tanh(self.encode(x))) + self.again(x).sum(-1, keepdim=True)


class ReluNetwork(nn.Module):
    def __init__(self, in_features, hidden_size, out_features):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features, hidden_size), nn.ReLU(), nn.Linear(hidden_size, hidden_size), nn.ReLU(),
            nn.Linear(hidden_size, out_features),
        )

    def forward(self, x):
        return self.layers(x)


class NormalizedLinear(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features))
        self.register_buffer("largest", torch.zeros(()))

    def forward(self, x):
        self.largest = x.detach().abs().max()
        return F.linear(F.normalize(x, dim=-1), F.normalize(self.weight, dim=-1))
