"""Gradients are scaled in one branch and not in the other; both are cleared at each batch, the step waits for some."""

import torch


def diffuse(model, batches, optimizer, scaler, accumulation):
    for index, image in enumerate(batches):
        optimizer.zero_grad(set_to_none=True)  # GRC404
        loss = (model(image) - image).pow(2).mean()
        if scaler:
            scaler.scale(loss / accumulation).backward()
        else:
            (loss / accumulation).backward()
        if index % accumulation == 0:
            if scaler:
                scaler.step(optimizer)
                scaler.update()
            else:
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
