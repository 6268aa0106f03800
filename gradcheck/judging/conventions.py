"""What looks like a wrong gradient and is a convention: named and left undecided, not failed.

Each recognises its convention by experiment, never by a comment in the source, and answers with a reason or "".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.judging import factors, probing
from gradcheck.judging.judge import judge
from gradcheck.judging.locating import Located
from gradcheck.judging.penalties import adds_penalty
from gradcheck.judging.probing import Point
from gradcheck.numerics import sampling
from gradcheck.types import Array, Case, Context, Oracle, Outcome, Profile, Quantity, Role

#: How much larger the batch is at which a suspected mean over the batch is confirmed.
OTHER_BATCH = 3
#: Upstream gradients with one non-zero entry: how many are tried, and how large; clipping at 1 must show.
ONE_HOT_TRIALS = 4
ONE_HOT_VALUE = 2.5
#: Two gradients are the same to this share of the larger: far above rounding, far below a lost entry.
SAME = 1.0e-6
#: log(p + c) of a probability of one in a hundred moves a gradient by c / p; more than a ten-thousandth of it
#: is no stabiliser's doing.
STABILISER_REACH = 100.0
STABILISER_CEILING = 1.0e-4
#: How many roundings of the constant with the fewest digits a gradient may be off by: two or three of them meet in
#: one term, and the argument of a power or an exponential multiplies its own.
ROUNDING_REACH = 10.0


def settled(
    context: Context, quantities: Sequence[Quantity], found: Sequence[Located], point: Point, oracle: Oracle
) -> tuple[Outcome, str] | None:
    """The verdict on a confirmed disagreement where it is a known convention, None where it is an error."""
    case = context.case
    if context.parameter_gradients != "sum" and mean_over_batch(case, quantities, oracle):
        if context.parameter_gradients == "mean":
            return Outcome.PASSED, "parameter gradients are means over the batch, as declared"
        declare = "declare parameter_gradients = 'mean' or 'sum'"
        return Outcome.INCONCLUSIVE, f"parameter gradients are divided by the batch size; {declare}"
    reason = (
        stabiliser(case, found)
        or rounded_constant(case, found)
        or unknown_rate(case, quantities)
        or weight_decay(case, quantities, found)
        or passes_through(case, quantities, point)
        or fused(case, quantities, found)
        or one_hot_only(case, point, oracle)
    )
    return (Outcome.INCONCLUSIVE, reason) if reason else None


def mean_over_batch(case: Case, quantities: Sequence[Quantity], oracle: Oracle) -> int | None:
    """N where every parameter gradient is divided by the batch size N, confirmed at another batch size."""
    n = factors.mean_over(quantities, case.subject)
    other = case.at_batch(n + OTHER_BATCH) if n is not None and case.at_batch else None
    if n is None or other is None:
        return None
    point = probing.point_of(other.subject, other.seed, Profile.FAST)
    judged = judge(point, list(point.gradients[0]), oracle, other.seed, Profile.FAST)
    return n if factors.mean_over(judged.quantities, other.subject) == n + OTHER_BATCH else None


def unknown_rate(case: Case, quantities: Sequence[Quantity]) -> str:
    """Weights moved inside backward by a rate nobody told us: the same positive factor on every one of them."""
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    known = [q.factor for q in failed if q.factor is not None and q.factor > 0.0]
    if not case.subject.unknown_rate or len(known) != len(failed) or any(q.role is Role.INPUT for q in failed):
        return ""
    if max(known) - min(known) > factors.NEAR * max(known):
        return ""
    return f"backward moves the weights by {known[0]:.3g} times the gradient: a learning rate of its own"


def passes_through(case: Case, quantities: Sequence[Quantity], point: Point) -> str:
    """A softmax whose backward hands the upstream gradient on: right only fused with the loss that follows.

    It excuses the gradient that is handed on and no other.
    """
    name = case.layer.rpartition("::")[2].lower()
    if "softmax" not in name or point.subject.cotangent is not None:
        return ""
    upstream = point.cotangents[0]
    handed_on = {n for n, g in point.gradients[0].items() if g.shape == upstream.shape and np.array_equal(g, upstream)}
    if not {q.name for q in quantities if q.outcome is Outcome.FAILED} <= handed_on:
        return ""
    return "backward hands the upstream gradient on: right only fused with a loss that returns p - target"


def fused(case: Case, quantities: Sequence[Quantity], located: Sequence[Located]) -> str:
    """The derivative of a loss of probabilities by the logits of a softmax, or a sigmoid, that comes before it.

    With g the gradient by p: p (g - sum(g p)) along rows or columns that sum to one, or p (1 - p) g.
    """
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    if len(failed) != 1 or len(located) != 1 or failed[0].role is not Role.INPUT:
        return ""
    p = case.subject.primals[failed[0].name]
    one = located[0]
    if one.indices.size != p.size or not np.all((p > 0.0) & (p < 1.0)):
        return ""
    order = np.argsort(one.indices)
    g, actual = (values[order].reshape(p.shape) for values in (one.expected, one.actual))
    if _same(p * (1.0 - p) * g, actual):
        return "the gradient is that by the logits of a sigmoid before the loss: right only fused with one"
    for axis in range(p.ndim):
        if np.allclose(p.sum(axis=axis), 1.0) and _same(p * (g - np.sum(g * p, axis=axis, keepdims=True)), actual):
            return "the gradient is that by the logits of a softmax before the loss: right only fused with one"
    return ""


def weight_decay(case: Case, quantities: Sequence[Quantity], located: Sequence[Located]) -> str:
    """Parameter gradients that carry a multiple of the parameter itself: a penalty that forward does not add."""
    failed = [q for q in quantities if q.outcome is Outcome.FAILED]
    if len(located) != len(failed) or any(q.role is Role.INPUT for q in failed):
        return ""
    for quantity, one in zip(failed, located, strict=True):
        weights = case.subject.primals[quantity.name].ravel()[one.indices]
        surplus = one.actual - one.expected
        rate = float(np.sum(surplus * weights)) / max(float(np.sum(np.square(weights))), 1.0e-300)
        explained = bool(np.all(np.abs(surplus - rate * weights) <= one.allowed + SAME * np.abs(rate * weights)))
        if not one.complete or not explained or not 0.0 < rate < 1.0 or weights.size < 2:
            return ""
        if adds_penalty(case.subject, quantity.name, case.seed):
            return ""
    return f"the gradient carries {rate:.3g} times the parameter: a weight decay that forward does not add to its value"


def one_hot_only(case: Case, point: Point, oracle: Oracle) -> str:
    """A backward that is right for upstream gradients with one non-zero entry, as some are documented to be."""
    y = point.y
    if point.subject.cotangent is not None or y.size < 2:
        return ""
    rng = sampling.generator(case.seed, "one-hot")
    names = list(point.gradients[0])
    if _adds_up(point, *(_one_hot(y, int(flat), ONE_HOT_VALUE) for flat in rng.choice(y.size, 2, replace=False))):
        return ""
    direction = probing.tangents(point.subject, names, case.seed, "one-hot")
    for trial in range(ONE_HOT_TRIALS):
        cotangent = _one_hot(y, int(rng.integers(y.size)), ONE_HOT_VALUE * (-1.0) ** trial)
        _, rows = probing.take(probing.at_cotangent(point, cotangent), [direction], oracle)
        probe = rows[0][0]
        if probe.masked or probe.disagrees or probe.expected == 0.0:
            return ""
    return "backward is right only for an upstream gradient with one non-zero entry, as a loss on one class gives"


def stabiliser(case: Case, located: Sequence[Located]) -> str:
    """A disagreement no larger than what a small constant inside forward explains."""
    worst = _largest_share(located)
    for constant in case.stabilisers:
        if worst is not None and worst <= min(STABILISER_REACH * constant, STABILISER_CEILING):
            return f"off by {worst:.1e} of the gradient: that of forward without its stabilising constant {constant:g}"
    return ""


def rounded_constant(case: Case, located: Sequence[Located]) -> str:
    """A disagreement no larger than what the digits of a constant that backward writes out explain."""
    worst = _largest_share(located)
    if worst is None or not case.rounded:
        return ""
    known = {number: _rounding(number) for number in case.rounded}
    number = max(known, key=lambda one: known[one])
    if worst > ROUNDING_REACH * known[number]:
        return ""
    return f"off by {worst:.1e} of the gradient: backward's constants, such as {number}, have no more digits"


def _rounding(number: str) -> float:
    """Half a unit in the last place of a decimal, as a share of it."""
    decimals = len(number.partition(".")[2])
    return float(0.5 * 10.0**-decimals / max(abs(float(number)), 10.0**-decimals))


def _largest_share(located: Sequence[Located]) -> float | None:
    """The largest error as a share of the largest entry of its gradient, None where not every entry is known."""
    worst = 0.0
    for one in located:
        known = ~np.isnan(one.expected)
        largest = float(np.max(np.abs(one.expected[known]), initial=0.0))
        if not one.complete or largest == 0.0:
            return None
        worst = max(worst, float(np.max(np.abs(one.actual - one.expected)[known], initial=0.0)) / largest)
    return worst


def _adds_up(point: Point, first: Array, second: Array) -> bool:
    """Whether backward of a sum is the sum of backwards: then being right on each entry is being right."""
    parts = [probing.comparable(point.vjp(c), point.subject) for c in (first, second, first + second)]
    names = [n for n in parts[0] if n in parts[1] and n in parts[2]]
    return all(_same(parts[0][n] + parts[1][n], parts[2][n]) for n in names)


def _same(expected: Array, actual: Array) -> bool:
    largest = float(np.max(np.abs(expected), initial=0.0))
    return bool(np.all(np.abs(actual - expected) <= SAME * largest))


def _one_hot(y: Array, flat: int, value: float) -> Array:
    cotangent = np.zeros(y.size)
    cotangent[flat] = value
    return cotangent.reshape(y.shape)
