"""A dictionary of numbers beside the loss that is returned."""


class Translation:
    def train_step(self, sample, model, criterion, optimizer):
        loss, size, _ = criterion(model, sample)
        optimizer.backward(loss)
        return loss, size, {"loss": loss.data.item(), "nll": float(loss.detach()) / size}
