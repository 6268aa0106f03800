"""The scheduler is stepped, the optimizer is not: the weights stay as they are."""

from torch.optim.lr_scheduler import StepLR


def refocus(model, batches, optimizer):
    scheduler = StepLR(optimizer, 10)
    for image, depth in batches:
        optimizer.zero_grad()
        loss = (model(image) - depth).abs().mean()
        loss.backward()  # GRC403
        scheduler.step()
