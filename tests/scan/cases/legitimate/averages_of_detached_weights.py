"""Averaged weights, detached, and taken from a dictionary of states."""

from copy import deepcopy

import torch


def update_ema(target, source, rate):
    for a, b in zip(target, source):
        a.detach().mul_(rate).add_(b, alpha=1 - rate)


class ModelEMA:
    def __init__(self, model, decay):
        self.ema = deepcopy(model).eval()
        self.decay = decay

    def update(self, model):
        with torch.no_grad():
            trained = model.state_dict()
            for name, value in self.ema.state_dict().items():
                if value.dtype.is_floating_point:
                    value *= self.decay
                    value += (1.0 - self.decay) * trained[name].detach()
