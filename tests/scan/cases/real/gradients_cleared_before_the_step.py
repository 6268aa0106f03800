"""Cleared between backward and step: the step has nothing to go by."""


def farm(policy, batches, opt):
    for batch in batches:
        loss = policy.loss(batch)
        loss.backward()
        opt.zero_grad()  # GRC404
        opt.step()
