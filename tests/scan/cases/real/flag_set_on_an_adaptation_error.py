"""Meta-learning: the error of the adapted learner is said to need a gradient."""


def adapt(learner, support, loss_of):
    error = loss_of(learner(support))
    error.requires_grad_(True)  # GRC009
    error.backward()
