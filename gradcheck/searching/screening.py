"""A first look at a configuration: one backward, its shapes, and one joint direction of finite differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.running.presenting import repeated
from gradcheck.judging import probing
from gradcheck.judging.probing import Point
from gradcheck.numerics import sampling
from gradcheck.searching import values
from gradcheck.types import Array, Oracle, Role, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a first look saw.

    Attributes:
        is_suspicious: Whether it is worth a second one.
        compared: How many gradients went into a comparison that decided something.
    """

    is_suspicious: bool
    compared: int = 0


def screened(subject: Subject, seed: int, oracle: Oracle, names: Sequence[str], is_repeated: bool) -> Screened:  # noqa: FBT001
    """Look at a configuration.

    Args:
        subject: The layer there.
        seed: The case's seed.
        oracle: Finite differences.
        names: The gradients that are judged.
        is_repeated: Whether the upstream gradient must be what a broadcast view can hold.
    """
    try:
        point = point_of(subject, seed, is_repeated=is_repeated)
    except Exception:  # noqa: BLE001 - the user's backward may raise anything; the second look tells what
        return Screened(is_suspicious=True)
    judged = [name for name in names if name in point.gradients[0]]
    if len(judged) < len(names):
        # Missing, of another shape, or not finite.
        return Screened(is_suspicious=True)
    if not judged:
        return Screened(is_suspicious=False)
    _, rows = probing.take(point, [tangents(subject, judged, seed)], oracle)
    probe = rows[0][0]
    decided = probe.decides(max(abs(probe.expected), abs(probe.actual)))
    return Screened(is_suspicious=probe.disagrees, compared=len(judged) if decided else 0)


def point_of(subject: Subject, seed: int, *, is_repeated: bool) -> Point:
    """One forward and one backward of a Gaussian upstream gradient.

    Raises:
        Exception: Whatever backward raises.
    """
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = sampling.gaussian(sampling.generator(seed, "search"), y.shape)
    cotangent = subject.cotangent if subject.cotangent is not None else repeated(y_bar) if is_repeated else y_bar
    pullback = vjp(cotangent)
    exact = {
        name: gradient
        for name, gradient in probing.comparable(pullback, subject).items()
        if np.shape(pullback.gradients[name]) == subject.primals[name].shape
    }
    return Point(
        subject=subject,
        y=y,
        vjp=vjp,
        gradients=[exact],
        cotangents=[cotangent],
        rounding=pullback.rounding,
        precision={n: float(np.finfo(g.dtype).eps) for n, g in pullback.gradients.items() if g.dtype.kind == "f"},
    )


def tangents(subject: Subject, names: Sequence[str], seed: int) -> dict[str, Array]:
    """A direction that moves the named primals together, equal entries of an input alike."""
    inputs = {name for name in names if subject.roles[name] is Role.INPUT}
    drawn = probing.tangents(subject, [name for name in names if name not in inputs], seed, "search")
    return {n: values.tangent(subject.primals[n], seed, n) if n in inputs else drawn[n] for n in names}
