"""A flag set on a result because backward complained."""
import torch
from torch import nn
from torch.autograd import Variable


def train_emotion(model, batches, criterion):
    for x, t in batches:
        outputs = model(x)
        loss = criterion(outputs.data, t)  # GRC008
        loss = Variable(loss, requires_grad=True)  # GRC009
        loss.backward()


def triplet_step(model, triples, distance):
    mean_losses = distance(*[model(x) for x in triples]).mean()
    mean_losses.requires_grad = True  # GRC009
    mean_losses.backward()


def adapt(learner, support, loss_of):
    error = loss_of(learner(support))
    error.requires_grad_(True)  # GRC009
    error.backward()


class PretrainedText(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(100, 8)
        self.pos_embedding = nn.Parameter(torch.randn(1, 50, 8))

    def forward(self, tokens):
        x = self.token(tokens)
        return x + self.pos_embedding.data[:, : x.shape[1], :]  # GRC003


for name, weight in []:
    weight.require_grad = False  # GRC013
    weight.requires_grade = True  # GRC013
