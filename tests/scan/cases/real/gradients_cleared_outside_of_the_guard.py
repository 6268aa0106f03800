"""The step waits for the last of some batches, the clearing does not."""


def detector(model, batches, optimizer, every):
    waited = 0
    for images, boxes in batches:
        loss = model(images, boxes)
        loss.backward()
        waited += 1
        if waited >= every:
            optimizer.step()
            waited = 0
        optimizer.zero_grad()  # GRC404
