"""Gradients are to add up over batches, and are cleared at each."""


def autoencoder(model, batches, optimizer, accumulation):
    for index, image in enumerate(batches):
        optimizer.zero_grad()  # GRC404
        loss = (model(image) - image).pow(2).mean() / accumulation
        loss.backward()
        if (index + 1) % accumulation == 0:
            optimizer.step()
