"""What a comparison is allowed to be off by, derived from what was measured.

For a direction d, a cotangent v, levels h, h/2, h/4 and g the gradient under check:

    tau = |v.(R(h/2) - R(h))| + 8 [ (5/3) e ||v * F|| + (eps/2) ||g * x|| ] / (h/4)
          + 64 e_g ||g * d|| + 8 e_g ||v|| ||d||

truncation, the rounding of F, the rounding of x + h d, backward's own rounding, and what is left of terms that
cancel; e is the relative rounding of F, eps float64's, e_g that of the backward pass.
"""

from __future__ import annotations

import numpy as np

from gradcheck.numerics.noise import ROUNDINGS_PER_OUTPUT
from gradcheck.numerics.stencils import LEVELS, Stencil
from gradcheck.numerics.steps import EPSILON, norm
from gradcheck.types import Array

#: |4/3| + |-1/3|: how much R amplifies the noise of the two D it is made of.
RICHARDSON_WEIGHT = 5.0 / 3.0
#: Standard deviations of the rounding model; its probability of being exceeded is below 1e-14.
ROUNDING_MARGIN = 8.0
#: Roundings of a backward pass per entry: sums of some thousand terms round like sqrt(1000) / 2 of them.
BACKWARD_ROUNDINGS = 64.0
#: A probe whose allowed error exceeds this share of the gradient it measures decides nothing.
DECISIVE = 1.0e-2


def probe_bound(stencil: Stencil, cotangent: Array, noise: float) -> float:
    """The oracle's own error in <v, dF/dt>: its truncation difference and the rounding of F.

    Args:
        stencil: Values along one direction; non-finite outputs must have cotangent 0.
        cotangent: v, the output's shape.
        noise: Relative noise of F.
    """
    used = cotangent != 0.0
    weights = cotangent[used]
    difference = weights * stencil.truncation()[used]
    # The plain sum may cancel by chance; the root of the squares does not.
    truncation = max(abs(float(np.sum(difference))), norm(difference))
    magnitude = stencil.magnitude()[used]
    typical = norm(magnitude) / np.sqrt(max(magnitude.size, 1))
    relative = max(ROUNDINGS_PER_OUTPUT * EPSILON, ROUNDINGS_PER_OUTPUT * noise if noise > EPSILON else 0.0)
    rounding = RICHARDSON_WEIGHT * relative * norm(weights * np.maximum(magnitude, typical))
    return truncation + ROUNDING_MARGIN * rounding / (stencil.step * LEVELS[-1])


def cancellation_bound(cotangent: Array, tangent: Array, precision: float) -> float:
    """What is left of terms of unit gain that cancel: sigmoid(x) - 1 at x = 60 is 0, not e^-60.

    Relevant only where the gradient itself is that small; such a gradient is then undecided.
    """
    return ROUNDING_MARGIN * precision * norm(cotangent) * norm(tangent)


def gradient_bound(gradient: Array, x: Array, tangent: Array, step: float, precision: float) -> float:
    """What the gradient under check adds: the rounding of x + h d seen through it, and its own rounding.

    Args:
        gradient: g.
        x: The primal.
        tangent: d.
        step: h.
        precision: Relative rounding of the backward pass.
    """
    moved = ROUNDING_MARGIN * EPSILON / 2.0 * norm(gradient * x) / (step * LEVELS[-1])
    return moved + BACKWARD_ROUNDINGS * precision * norm(gradient * tangent)


def entry_bound(cotangent: Array, y: Array, noise: float, step: float, scale: float) -> float:
    """Allowed error of one entry found by a two-point difference of step `step * scale`.

    Rounding of two values of <v, F>, as much again for truncation (steps.entry_step), eight deviations.
    """
    relative = ROUNDINGS_PER_OUTPUT * max(noise, EPSILON)
    rounding = relative * norm(cotangent * np.where(cotangent != 0.0, y, 0.0)) / (step * scale)
    return 2.0 * ROUNDING_MARGIN * rounding
