"""The verdict on each gradient by an oracle that knows every entry.

An entry fails only where the exact oracle and finite differences along the disagreement both speak against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.judging import certificate, entries, gathering, opinion, probing, subgradient
from gradcheck.judging.certificate import Certificate
from gradcheck.judging.entries import Entries
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.locating import Located
from gradcheck.judging.opinion import Opinion, Verdict
from gradcheck.judging.probing import Point
from gradcheck.numerics import compare, steps, tolerance
from gradcheck.types import Array, Oracle, Outcome, Profile, Quantity

#: Failed gradients after which no further second opinion is asked for: 34 forwards each, and a network
#: with that many wrong gradients is told by them.
MOST_OPINIONS = 16


def judge_entries(
    point: Point, names: Sequence[str], exact: Oracle, estimating: Oracle, seed: int, profile: Profile
) -> Judgement:
    """Judge the named gradients, every entry of them.

    Args:
        point: The point of the check.
        names: Primal names.
        exact: The oracle that knows every entry.
        estimating: The oracle that certifies it and gives the second opinion.
        seed: Seed of the directions.
        profile: How much it may cost.
    """
    # Asked before finite differences are paid for: most refusals come at once.
    truth = _asked(exact, point)
    if isinstance(truth, str):
        return Judgement(oracle=exact.name, refusal=truth)
    if certificate.is_large(point.subject, names):
        # What agrees is certified by the layer's own gradient, and a second one of every parameter is let go.
        truth = tuple(entries.agreed(point, truth, names))
    certified = certificate.take(point, names, estimating, seed, profile)
    same = all(np.array_equal(a, b) for a, b in zip(point.cotangents, certified.point.cotangents, strict=True))
    point = certified.point
    truth = truth if same else _asked(exact, point)
    refusal = truth if isinstance(truth, str) else certified.refusal(truth)
    if isinstance(truth, str) or refusal:
        return Judgement(oracle=exact.name, refusal=refusal)
    found = [entries.compared(point, truth, name) for name in names]
    if not all(one.agrees for one in found):
        found = _spread(point, exact, found, seed)
    return _judged(point, certified, found, exact.name, estimating)


def _asked(exact: Oracle, point: Point) -> str | tuple[Mapping[str, Array], ...]:
    """Every gradient at the point, one mapping per cotangent, or why there is none."""
    if exact.exact is None:
        return f"{exact.name} only estimates"
    answer = exact.exact(point.subject, point.subject.primals, point.cotangents, point.y)
    if answer.refusal:
        return answer.refusal
    broken = [name for found in answer.gradients for name, x_bar in found.items() if not np.all(np.isfinite(x_bar))]
    return f"its gradient of `{broken[0]}` is not finite" if broken else answer.gradients


def _spread(point: Point, exact: Oracle, found: list[Entries], seed: int) -> list[Entries]:
    away = probing.moved_to(point, entries.one_ulp_away(point.subject.primals, seed))
    truth = _asked(exact, away)
    if isinstance(truth, str):
        return found
    return [
        entries.widened(one, away.gradients[one.k][one.name], truth[one.k][one.name])
        if not one.agrees and one.name in away.gradients[one.k]
        else one
        for one in found
    ]


def _judged(point: Point, certified: Certificate, found: Sequence[Entries], name: str, estimating: Oracle) -> Judgement:
    largest = max(_weight(point, one, one.expected) for one in found)
    quantities: list[Quantity] = []
    located: list[Located] = []
    notes: list[str] = []
    for one in found:
        asked = _opinion(point, one, estimating, len(located)) if not one.agrees else None
        if asked is None:
            outcome, reason = _undisputed(point, certified, one, largest)
        else:
            outcome, reason = _disputed(point, one, asked)
        if asked is not None and outcome is Outcome.PASSED:
            notes.append(f"`{one.name}` {reason}")
        closer = _located(point, one) if outcome is Outcome.FAILED else None
        if closer is not None:
            located.append(closer)
        quantities.append(_quantity(point, one, outcome, reason, closer))
    compared = certified.compared + sum(one.actual.size for one in found)
    return Judgement(
        oracle=name,
        quantities=tuple(quantities),
        located=tuple(located),
        compared=compared,
        notes=tuple(notes),
        evidence=gathering.gather(point, located, name),
    )


def _opinion(point: Point, one: Entries, estimating: Oracle, failed: int) -> Opinion:
    if failed >= MOST_OPINIONS:
        return Opinion(verdict=Verdict.UNASKED)
    disagreement = one.excess.reshape(point.subject.primals[one.name].shape)
    return opinion.ask(point, one.name, disagreement, one.k, estimating)


def _weight(point: Point, one: Entries, values: Array) -> float:
    """What a gradient is worth along a direction at the magnitude of its primal."""
    return steps.norm(values) * steps.magnitude(point.subject.primals[one.name])


def _undisputed(point: Point, certified: Certificate, one: Entries, largest: float) -> tuple[Outcome, str]:
    own, allowed = _weight(point, one, one.expected), _weight(point, one, one.allowed)
    if largest == 0.0:
        return (
            Outcome.INCONCLUSIVE,
            "every gradient is zero here and nothing can be compared; other inputs would decide",
        )
    if certified.thinned and own <= allowed:
        return Outcome.INCONCLUSIVE, "every probe sits on a kink; inputs away from it (ties, zeros) would decide"
    if allowed > tolerance.DECISIVE * largest:
        return Outcome.INCONCLUSIVE, (
            "rounding of forward hides the gradient; inputs nearer to 1 or float64 inside would decide"
        )
    return Outcome.PASSED, ""


def _disputed(point: Point, one: Entries, asked: Opinion) -> tuple[Outcome, str]:
    three = f"backward gives {asked.actual:.9g}, finite differences {asked.expected:.9g} +- {asked.allowed:.1e}"
    if asked.verdict is Verdict.CONFIRMED:
        if not probing.repeats(point):
            return Outcome.INCONCLUSIVE, "backward gives another answer to the same call; see determinism"
        return Outcome.FAILED, ""
    if asked.verdict is Verdict.UNSEEN:
        return Outcome.PASSED, f"is off by up to {one.share:.1e} of it, less than a second opinion can see"
    if asked.verdict is Verdict.KINK:
        shape = point.subject.primals[one.name].shape
        direction = opinion.direction_of(one.excess.reshape(shape), point.subject.primals[one.name])
        if direction is not None and subgradient.holds(point, one.name, direction, one.k):
            return Outcome.PASSED, "has entries on a kink, where it lies between the one-sided slopes"
        return Outcome.INCONCLUSIVE, "the disagreement sits on a kink; inputs away from it (ties, zeros) would decide"
    if asked.verdict is Verdict.UNASKED:
        return Outcome.INCONCLUSIVE, f"disagrees, not looked at closer: {MOST_OPINIONS} gradients are wrong already"
    return Outcome.INCONCLUSIVE, f"the exact oracle and finite differences disagree with each other: {three}"


def _located(point: Point, one: Entries) -> Located:
    indices = np.arange(one.actual.size)
    shape = point.subject.primals[one.name].shape
    return Located(
        name=one.name,
        k=one.k,
        indices=indices,
        expected=one.expected,
        actual=one.actual,
        allowed=one.allowed,
        wrong=int(np.count_nonzero(one.excess)),
        complete=True,
        mismatches=compare.mismatches(one.name, shape, indices, one.expected, one.actual, one.allowed),
        confirmed=True,
        factor=compare.common_factor(one.expected, one.actual, one.allowed),
    )


def _quantity(point: Point, one: Entries, outcome: Outcome, reason: str, closer: Located | None) -> Quantity:
    x = point.subject.primals[one.name]
    largest = steps.largest(one.expected)
    seen = max(one.most_allowed / largest, one.share) if largest > 0.0 else 0.0
    return Quantity(
        name=one.name,
        role=point.subject.roles[one.name],
        shape=x.shape,
        dtype=str(point.subject.native.get(one.name, x.dtype)),
        outcome=outcome,
        wrong=closer.wrong if closer else 0,
        size=x.size,
        # A gradient that is zero by itself was compared with its neighbours' noise and has no relative error.
        smallest_error=seen if outcome is Outcome.PASSED and seen <= tolerance.DECISIVE else 0.0,
        factor=closer.factor if closer else None,
        reason=reason if outcome is not Outcome.PASSED else "",
    )
