"""`.data`, `.detach()` and `.item()` where they belong."""
import copy

import torch
from torch import nn
from torch.nn import functional as F


def weights_init(m):
    if isinstance(m, nn.BatchNorm2d):
        m.weight.data.fill_(1)
        m.bias.data.zero_()


def xavier(tensor):
    return tensor.data.uniform_(-0.1, 0.1)


def update_ema(model, ema, alpha):
    for ema_param, param in zip(ema.parameters(), model.parameters()):
        ema_param.data.mul_(alpha).add_(param.data, alpha=1 - alpha)


class WeightEMA:
    def step(self):
        for ema_param, param in zip(self.ema_params, self.params):
            ema_param.mul_(self.alpha)
            ema_param.add_(param.data * (1 - self.alpha))
            param.data.mul_(1 - self.wd)


@torch.no_grad()
def ema_update(target, source, rate):
    for a, b in zip(target.parameters(), source.parameters()):
        a.detach().mul_(rate).add_(b, alpha=1 - rate)


class SGD:
    def step(self):
        for p in self.params:
            p.data.add_(p.grad.data, alpha=-self.lr)


def attack(model, x, t, delta, eps, criterion):
    loss = criterion(model(x + delta), t)
    loss.backward()
    delta.data = (delta + eps * delta.grad.sign()).clamp(-eps, eps)
    delta.data = torch.min(torch.max(delta.data, -x), 1 - x)
    return delta


def discriminator_step(netD, real, fake, criterion, ones, zeros):
    error = criterion(netD(real), ones) + criterion(netD(fake.detach()), zeros)
    error.backward()


class Binarise(nn.Module):
    def forward(self, scores):
        soft = torch.sigmoid(scores)
        hard = (soft > 0.5).float()
        return (hard - soft).detach() + soft


def packed(batch, flag):
    sequence = torch.cat(batch)
    sequence.data.requires_grad_(flag)
    return sequence


def repackage_hidden(h):
    return h.detach() if isinstance(h, torch.Tensor) else tuple(repackage_hidden(v) for v in h)


def circle_step(sp, sn, m, gamma):
    ap = torch.clamp_min(-sp.detach() + 1 + m, min=0.0)
    loss = F.softplus(gamma * ap * sp).mean() * sn.item()
    loss.backward()


class Prompted(nn.Module):
    def forward(self, image, box):
        with torch.no_grad():
            sparse = self.prompt_encoder(box)
        return self.decoder(self.image_encoder(image), sparse)


class Lightning(nn.Module):
    def training_step(self, batch):
        x, t = batch
        logits = self(x)
        loss = F.cross_entropy(logits, t)
        with torch.no_grad():
            predicted = torch.argmax(logits, dim=1)
            self.accuracy.update(predicted, t)
        return loss


def grow(x):
    y = x * 2
    while y.data.norm() < 1000:
        y = y * 2
    y.sum().backward()
    return x.grad


def epoch(model, loader, criterion, optimizer, phase):
    running, hits = 0.0, 0
    for x, labels in loader:
        out = model(x)
        loss = criterion(out, labels)
        _, predicted = torch.max(out, 1)
        optimizer.zero_grad()
        if phase == "train":
            loss.backward()
            optimizer.step()
        running += loss.item() * x.size(0)
        hits += torch.sum(predicted == labels.data)
    return running / len(loader.dataset), float(hits) / len(loader.dataset)


def logged(loss, history):
    loss.backward()
    history.append(loss.detach().item())
    return float(loss)


class Autoencoder(nn.Module):
    def training_step(self, x):
        loss = ((self(x) - x) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            self.decoder.weight.data = F.normalize(self.decoder.weight.data, dim=1)
        return loss


class Tied(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.out = nn.Linear(4, 10)
        self.out.weight = nn.Parameter(embedding.weight.T.detach())

    def remove(self):
        weight = self.out.weight
        self.out.weight = nn.Parameter(weight.detach())
        return copy.deepcopy(self)
