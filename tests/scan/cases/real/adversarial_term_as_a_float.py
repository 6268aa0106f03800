"""The adversarial loss was made a float against a leak of memory; the critic teaches nothing any more."""


def segment_step(model, critic, x, t, criterion, optimizer):
    reconstruction = criterion(model(x), t)
    adversarial = float(criterion(critic(model(x)), t).detach())  # GRC006
    loss = reconstruction + 0.01 * adversarial
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
