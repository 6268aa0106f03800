"""Finite differences at a point before an exact oracle is believed: equal values do not prove gradients."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.judging import probing
from gradcheck.judging.probing import Point
from gradcheck.numerics import sampling, steps, tolerance
from gradcheck.types import Array, Directional, Estimate, Oracle, Profile, Subject, Tangents

#: Joint probes per profile. A gradient that is off by e along a Gaussian direction passes one probe of tolerance
#: tau with probability 0.8 tau / |e|; a trace that lost a branch is off by what the branch is worth.
PROBES = {Profile.FAST: 1, Profile.DEFAULT: 2, Profile.THOROUGH: 4}
#: Entries above which one central pair certifies: the six forwards of a stencil cost more than the trace itself.
LARGE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What finite differences along joint directions say at one point.

    Attributes:
        point: The point with the cotangents as used: outputs on a kink set to 0.
        directions: The joint directions.
        answer: Finite differences along them.
    """

    point: Point
    directions: Sequence[Tangents]
    answer: Directional

    @property
    def compared(self) -> int:
        """How many numbers finite differences gave."""
        return sum(estimate.masked < 1.0 for row in self.answer.estimates for estimate in row)

    @property
    def thinned(self) -> bool:
        """Whether any output was left out."""
        return any(estimate.masked > 0.0 for row in self.answer.estimates for estimate in row)

    def refusal(self, gradients: Sequence[Mapping[str, Array]]) -> str:
        """Why these gradients are not what finite differences see, or ""."""
        believed = dataclasses.replace(self.point, gradients=gradients)
        probes = [p for row in probing.probes(believed, self.directions, self.answer) for p in row if not p.masked]
        if not probes:
            return "every finite difference that could certify it sits on a kink"
        worst = max(probes, key=lambda p: abs(p.actual - p.expected) - p.allowed)
        if worst.disagrees:
            return (
                f"finite differences do not certify it: along a random direction they find {worst.expected:.9g}, "
                f"it says {worst.actual:.9g}, allowed {worst.allowed:.1e}"
            )
        if not any(p.decides(0.0) for p in probes) and any(p.expected or p.actual for p in probes):
            return "rounding of forward hides what finite differences could certify"
        return ""


def take(point: Point, names: Sequence[str], oracle: Oracle, seed: int, profile: Profile) -> Certificate:
    """Finite differences along joint directions of the named primals, once per cotangent."""
    subject = point.subject
    if is_large(subject, names):
        directions = [probing.tangents(subject, names, seed, "certificate", sampling.coarse_direction)]
        answer = _pair(subject, directions[0], point.cotangents, point.y)
    else:
        directions = [probing.tangents(subject, names, seed, f"certificate {k}") for k in range(PROBES[profile])]
        answer = oracle.directional(subject, directions, point.cotangents, point.y)
    return Certificate(point=probing.with_cotangents(point, answer.cotangents), directions=directions, answer=answer)


def is_large(subject: Subject, names: Sequence[str]) -> bool:
    """Whether the named primals have so many entries that passes over them count."""
    return sum(subject.primals[name].size for name in names) > LARGE


def _pair(subject: Subject, tangents: Tangents, cotangents: Sequence[Array], y: Array) -> Directional:
    """<v, J d> by one central pair, its error measured by what the pair is not symmetric by.

    D = (F(h) - F(-h)) / 2h and S = F(h) + F(-h) - 2 F(0): a kink within the step moves D by at most S / 2h, and a
    smooth function has S = h^2 f'', far more than the h^2 f''' / 6 that D is off by.
    """
    step = steps.entry_step(subject.noise)
    with np.errstate(all="ignore"):
        moved = _moved(subject, tangents, step)
        plus = subject.value(moved)
        minus = subject.value(_moved(subject, tangents, -step, moved))
        curvature = plus + minus - 2.0 * y
    finite = np.isfinite(curvature)
    used = tuple(np.where(finite, v, 0.0) for v in cotangents)
    change, curvature, base = (np.where(finite, values, 0.0) for values in (plus - minus, curvature, y))
    share = 1.0 - np.count_nonzero(finite) / max(finite.size, 1)
    row = tuple(
        Estimate(
            value=float(np.sum(v * change)) / (2.0 * step),
            error_bound=tolerance.entry_bound(v, base, subject.noise, step, 1.0)
            + tolerance.ROUNDING_MARGIN * steps.norm(v * curvature) / (2.0 * step),
            masked=share,
            step=step,
        )
        for v in used
    )
    return Directional(estimates=(row,), cotangents=used, forwards=2)


def _moved(
    subject: Subject, tangents: Tangents, step: float, reused: Mapping[str, Array] | None = None
) -> dict[str, Array]:
    """The primals moved along tangents, which may be float32; in the memory of others that are done with."""
    moved: dict[str, Array] = {}
    for name, x in subject.primals.items():
        moved[name] = x
        if name in tangents:
            out = None if reused is None else reused[name]
            moved[name] = np.multiply(tangents[name], step, out=out, dtype=np.float64)
            moved[name] += x
    return moved
