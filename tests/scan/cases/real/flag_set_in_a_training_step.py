"""A recipe's objectives are flagged before they are differentiated."""


class Recipe:
    def fit_batch(self, batch):
        predictions = self.compute_forward(batch)
        loss = self.compute_objectives(predictions, batch)
        loss.requires_grad = True  # GRC009
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.detach()
