"""The encoder runs without a graph while its parameters are handed to the optimizer."""

import torch


class Pretraining:
    def __init__(self, encoder, head):
        self.encoder = encoder
        self.head = head
        self.optimizer = torch.optim.Adam(self.encoder.parameters(), lr=1e-4)

    def update(self, observation, goal):
        with torch.no_grad():
            hidden = self.encoder(observation)  # GRC010
        distance = ((self.head(hidden) - goal) ** 2).mean()
        self.optimizer.zero_grad()
        distance.backward()
        self.optimizer.step()
