"""Gradients held short."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

#: Added to the norm, as torch does, so that a gradient of zeros is not divided by 0.
LEAST_NORM = 1e-6


def clip_by_global_norm(gradients: Mapping[str, np.ndarray], max_norm: float) -> float:
    """Scale all gradients, in place and by one factor, so that together they are no longer than max_norm.

    The factor is min(1, max_norm / (norm + 1e-6)) with norm the root of the sum of all squares.

    >>> gradients = {"W": np.array([[6.0, 0.0]]), "b": np.array([8.0])}
    >>> clip_by_global_norm(gradients, 5.0)
    10.0
    >>> gradients["W"].round(4), gradients["b"].round(4)
    (array([[3., 0.]]), array([4.]))

    Args:
        gradients: Name to gradient, any shapes.
        max_norm: The length that stays, > 0.

    Returns:
        The norm before.

    Raises:
        ValueError: max_norm is not positive, or the norm is not finite: scaling would spread the NaN.
    """
    if not max_norm > 0:
        message = f"max_norm={max_norm} would leave nothing, expected more than 0"
        raise ValueError(message)
    norms = {name: float(np.linalg.norm(gradient.astype(np.float64))) for name, gradient in gradients.items()}
    for name, norm in norms.items():
        if not math.isfinite(norm):
            message = f"the gradient of {name} has norm {norm}; clipping cannot mend it"
            raise ValueError(message)
    total = math.hypot(*norms.values())
    factor = max_norm / (total + LEAST_NORM)
    if factor < 1:
        for gradient in gradients.values():
            gradient[...] *= factor
    return total
