"""What is computed is not what is trained."""
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


def crosscoder_objective(reconstruction, sparsity, logger):
    total_loss = reconstruction + 0.01 * sparsity  # GRC012
    logger.log({"total": total_loss.item()})
    return reconstruction
