"""The size of the gradient layer by layer."""

from __future__ import annotations

from gradcheck.numerics.steps import root_mean_square
from gradcheck.trials.observed import Observed

#: Fewer matrices than that are no depth.
FEWEST_LAYERS = 5


def gradient_norms(observed: Observed) -> list[tuple[str, float]]:
    """Name and size of the gradient of every matrix, in the model's order.

    The size is the root mean square of the entries that are not 0 (an embedding's gradient is 0 for absent tokens).
    Matrices alone: biases and gains have sizes of another kind.
    """
    found = []
    for name in observed.trained:
        gradient = observed.gradients.get(name)
        if gradient is not None and gradient.ndim > 1 and gradient.any():
            found.append((name, root_mean_square(gradient[gradient != 0].astype("float64"))))
    return found
