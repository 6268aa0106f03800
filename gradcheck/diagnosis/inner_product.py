"""a (y_bar - b sum(c y_bar)) with the sum missing, over another axis, averaged, added, or of something else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.judging import fitting
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """x_bar = outer * (y_bar - inner * reduce(weight * y_bar, axis)), the factors by name.

    Attributes:
        outer, inner, weight: Names of the three factors.
        axis: Along which it is summed.
        sign: -1 where the sum is taken away, 1 where it is added, 0 where it is missing.
        mean: Whether it is averaged instead.
        unsummed: Whether the sum is taken to be one.
        sample: Whose factors are used for the whole batch; None for everyone's own.
    """

    outer: str
    inner: str
    weight: str
    axis: int
    sign: float = -1.0
    mean: bool = False
    unsummed: bool = False
    sample: int | None = None

    def gradient(self, factors: dict[str, Array], y_bar: Array) -> Array:
        """What the rule gives."""
        outer, inner, weight = (self._factor(factors[name]) for name in (self.outer, self.inner, self.weight))
        reduce = np.mean if self.mean else np.sum
        total = np.ones_like(y_bar) if self.unsummed else reduce(weight * y_bar, axis=self.axis, keepdims=True)
        found: Array = outer * (y_bar + self.sign * inner * total)
        return found

    def _factor(self, factor: Array) -> Array:
        return factor if self.sample is None else np.broadcast_to(factor[self.sample], factor.shape)


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Find the rule that the expected gradient follows, then look for the actual one beside it."""
    evidence = dispute.evidence
    y, y_bar, expected = evidence.y, evidence.y_bar, dispute.expected[evidence.name]
    if not dispute.is_free or not y.shape == expected.shape == y_bar.shape or y.ndim == 0 or y.size < 4:
        return
    with np.errstate(all="ignore"):
        factors = {"1": np.ones_like(y), "y": y, "exp(y)": np.exp(y)}
    true = _rule_of(expected, factors, evidence.y_bar, dispute)
    if true is None:
        return
    for changes, rule in _beside(true, y.ndim, tuple(factors)):
        yield Prediction(
            actual=rule.gradient(factors, y_bar),
            sentence=" and ".join(changes),
            claim=1.0 + 0.5 * len(changes),
            advice=f"it is {_written(true)}",
        )


def _rule_of(expected: Array, factors: dict[str, Array], y_bar: Array, dispute: Dispute) -> Rule | None:
    allowed = fitting.tolerance(dispute.evidence, expected)
    for outer, inner, weight in itertools.product(factors, repeat=3):
        for axis in range(expected.ndim):
            rule = Rule(outer=outer, inner=inner, weight=weight, axis=axis)
            if np.max(np.abs(rule.gradient(factors, y_bar) - expected)) <= allowed:
                return rule
    return None


def _beside(true: Rule, ndim: int, names: tuple[str, ...]) -> Iterator[tuple[list[str], Rule]]:
    """The rules that differ from the true one in one respect, then those that take other factors altogether."""
    yield ["the inner product with the upstream gradient is missing"], replace(true, sign=0.0)
    yield ["the inner product is added, not subtracted"], replace(true, sign=1.0)
    yield ["the inner product is averaged, not summed"], replace(true, mean=True)
    yield ["the sum of the upstream gradient is taken to be one"], replace(true, unsummed=True)
    for axis in range(ndim):
        if axis != true.axis:
            yield [f"the inner product is summed over axis {axis}, not axis {true.axis}"], replace(true, axis=axis)
    yield ["the factors of the first sample are used for all of them"], replace(true, sample=0)
    yield ["the factors of the last sample are used for all of them"], replace(true, sample=-1)
    for outer, inner, weight in itertools.product(names, repeat=3):
        other = replace(true, outer=outer, inner=inner, weight=weight)
        changes = [
            f"{theirs} stands where {ours} belongs {place}"
            for theirs, ours, place in (
                (outer, true.outer, "in front"),
                (inner, true.inner, "before the sum"),
                (weight, true.weight, "in the sum"),
            )
            if theirs != ours
        ]
        if changes:
            yield changes, other


def _written(rule: Rule) -> str:
    """The rule as a formula."""
    product = "y_bar" if rule.weight == "1" else f"{rule.weight} y_bar"
    total = f"sum({product}, axis {rule.axis})"
    inside = f"y_bar - {total}" if rule.inner == "1" else f"y_bar - {rule.inner} {total}"
    return inside if rule.outer == "1" else f"{rule.outer} ({inside})"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="inner_product",
    summary="the sum in a softmax's gradient is missing, added, averaged, or over another axis",
    predict=predict,
    least=1.5,
)
