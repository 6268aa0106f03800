"""At a kink any value between the two one-sided slopes is a gradient."""

from __future__ import annotations

import numpy as np

from gradcheck.judging.probing import Point
from gradcheck.numerics import steps, tolerance
from gradcheck.types import Array


def holds(point: Point, name: str, direction: Array, k: int) -> bool:
    """Whether <vjp(v), d> lies between <v, F(x + h d) - F(x)> / h and <v, F(x) - F(x - h d)> / h.

    Args:
        point: The point of the check.
        name: The primal's name.
        direction: d, at the magnitude of the primal.
        k: Which cotangent v.
    """
    subject, v = point.subject, point.cotangents[k]
    x, step = subject.primals[name], steps.entry_step(subject.noise)
    with np.errstate(all="ignore"):
        ahead, behind = (subject.value({**subject.primals, name: x + t * direction}) for t in (step, -step))
        right, left = (float(np.sum(v * change)) / step for change in (ahead - point.y, point.y - behind))
    if not np.isfinite(right + left):
        return False
    actual = float(np.sum(point.gradients[k][name] * direction))
    # One-sided, so a step of a smooth part costs h f'' / 2: as a share of the slopes, h itself.
    slack = 2.0 * tolerance.entry_bound(v, point.y, subject.noise, step, 1.0) + step * max(abs(right), abs(left))
    return min(right, left) - slack <= actual <= max(right, left) + slack
