"""The optimizer lives in the trainer, and so do the gradients of all steps before."""

import torch


class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters())

    def train_epoch(self, batches):
        for waves, speech in batches:
            loss = self.loss(self.model(waves), speech)
            loss.backward()
            self.optimizer.step()  # GRC401
