"""A term is added to the loss as a number."""


def protect_step(unet, latents, loss, target_of):
    target_loss = target_of(unet, latents)
    loss = loss + target_loss.detach().item()  # GRC006
    loss.backward()
