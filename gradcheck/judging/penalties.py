"""Whether forward adds a penalty on a parameter to its value: then no weight decay in a gradient is a convention."""

from __future__ import annotations

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.types import Subject

#: How far along a ray, in standard deviations of a weight, a loss is nearly linear, and log(softmax) is finite still:
#: three times as far, scores of eight unit features are 48 sqrt(8) apart, and exp(-745) is the smallest number.
FAR = 16.0
#: Directions in which the curvature must be one and the same; that of data is not.
DIRECTIONS = 3
#: Relative spread of the curvature that what is left of the data explains.
SPREAD = 1.0e-2


def adds_penalty(subject: Subject, name: str, seed: int) -> bool:
    """Whether the value of a loss holds c |W|^2 beside terms that grow no faster than W.

    Far out, (f(3tU) - 2 f(2tU) + f(tU)) / (t^2 |U|^2) is 2c along every U; of a loss that is linear there it is
    none, and of a square of X W it is another one along each.

    Args:
        subject: A loss: its value is one number.
        name: A parameter, W.
        seed: Where directions are drawn from.
    """
    w = subject.primals[name]
    curvatures = []
    for trial in range(DIRECTIONS):
        u = sampling.gaussian(sampling.generator(seed, f"penalty {name} {trial}"), w.shape)
        try:
            with np.errstate(all="ignore"):
                values = [subject.value({**subject.primals, name: step * FAR * u}) for step in (1.0, 2.0, 3.0)]
        except Exception:  # noqa: BLE001 - the user's forward may refuse weights that large; then nothing is known
            return False
        if any(value.size != 1 for value in values):
            return False
        near, middle, far = (float(np.sum(value)) for value in values)
        curvatures.append((far - 2.0 * middle + near) / (FAR**2 * float(np.sum(np.square(u)))))
    low, high = min(curvatures), max(curvatures)
    return bool(np.isfinite(high) and np.isfinite(low) and low > 0.0 and high - low <= SPREAD * high)
