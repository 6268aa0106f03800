"""A term of the loss turned into a number."""


def segment_step(model, critic, x, t, criterion, optimizer):
    reconstruction = criterion(model(x), t)
    adversarial = float(criterion(critic(model(x)), t).detach())  # GRC006
    loss = reconstruction + 0.01 * adversarial
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def protect_step(unet, latents, loss, target_of):
    target_loss = target_of(unet, latents)
    loss = loss + target_loss.detach().item()  # GRC006
    loss.backward()
