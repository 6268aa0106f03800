"""Registration as it should be, in forms that look like the other."""

import torch
import torch.nn as nn


class Lists(nn.Module):
    def __init__(self, width, depth):
        super(Lists, self).__init__()
        parts = [nn.Linear(width, width) for _ in range(depth)]
        self.net = nn.Sequential(*parts)
        self.sizes = [width, depth]
        self.heads = []
        for index in range(depth):
            head = nn.Linear(width, 1)
            self.add_module(f"head{index}", head)
            self.heads.append(head)

    def forward(self, x):
        x = self.net(x)
        return [head(x) for head in self.heads]


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = None
        self.register_buffer("offset", torch.randn(3))

    def forward(self, x):
        if self.fc is None:
            self.fc = nn.Linear(x.shape[-1], 3).to(x.device)
        return nn.ReLU()(self.fc(x)) + self.offset


class PrunedLinear(nn.Linear):
    def shrink(self, keep):
        self.weight = nn.Parameter(self.weight.data[keep])
        self.bias = nn.Parameter(self.bias.data[keep])
        return self


class Tied(nn.Module):
    def __init__(self, words, width):
        super().__init__()
        self.embed = nn.Embedding(words, width)
        self.out = nn.Linear(width, words, bias=False)
        self.out.weight = nn.Parameter(self.embed.weight.detach().clone())

    def forward(self, x):
        return self.out(self.embed(x))


class Frozen(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.noise = torch.randn(width)
        self.steps = torch.arange(width)

    def forward(self, x):
        return x + self.noise * self.steps
