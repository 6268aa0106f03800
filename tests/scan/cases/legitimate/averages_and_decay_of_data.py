"""Averaged weights, and a decay of the trained ones, by their data."""

import torch


class WeightEMA:
    def __init__(self, model, ema_model, alpha, lr):
        self.params = list(model.state_dict().values())
        self.ema_params = list(ema_model.state_dict().values())
        self.alpha, self.wd = alpha, 0.02 * lr
        for param, ema_param in zip(self.params, self.ema_params):
            param.data.copy_(ema_param.data)

    def step(self):
        for ema_param, param in zip(self.ema_params, self.params):
            if ema_param.dtype == torch.float32:
                ema_param.mul_(self.alpha)
                ema_param.add_(param.data * (1.0 - self.alpha))
                param.mul_(1 - self.wd)
