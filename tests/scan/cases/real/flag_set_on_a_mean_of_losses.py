"""Advice that was given where backward complained: set the flag on the mean of the losses."""


def triplet_step(model, triples, distance):
    mean_losses = distance(*[model(x) for x in triples]).mean()
    mean_losses.requires_grad = True  # GRC009
    mean_losses.backward()
