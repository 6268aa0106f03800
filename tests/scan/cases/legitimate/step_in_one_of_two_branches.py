"""A step by a scaler or by the optimizer, each batch; and a clearing that waits as the step does."""


def fit(model, batches, optimizer, scaler):
    for image in batches:
        optimizer.zero_grad()
        loss = (model(image) - image).pow(2).mean()
        if scaler:
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
        else:
            loss.backward()
            optimizer.step()


def accumulate(model, batches, optimizer, accumulation):
    for index, image in enumerate(batches):
        if index % accumulation == 0:
            optimizer.zero_grad()
        loss = (model(image) - image).pow(2).mean() / accumulation
        loss.backward()
        if index % accumulation == accumulation - 1:
            optimizer.step()
