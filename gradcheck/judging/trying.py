"""Every explanation tried on one wrong gradient; what cannot be told before one that fits already is not asked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import chain

from gradcheck.judging import factors, fitting
from gradcheck.types import Dispute, Explanation, HypothesisOfError, Prediction

#: A claim up to which nothing dearer is asked: an explanation by name, without a free number.
PLAIN = 1.75


class _Standing:
    """The smallest explanation that fits so far: of equal claims, that of the hypothesis with the first place."""

    def __init__(self, *, everything: bool) -> None:
        self._everything = everything
        self._best = float("inf"), 0

    @property
    def is_plain(self) -> bool:
        """Whether nothing dearer need be asked."""
        return self._best[0] <= PLAIN

    def admits(self, claim: float, place: int) -> bool:
        """Whether what claims so much would be told; where everything is asked for, whatever else fits."""
        return (claim, place) < self._best

    def take(self, found: Explanation, place: int) -> None:
        """Remember an explanation that fits."""
        if not self._everything:
            self._best = min(self._best, (found.claim, place))


def tried(known: Sequence[HypothesisOfError], dispute: Dispute, *, everything: bool = False) -> list[Explanation]:
    """What came of the explanations: those that fit first, the smallest claim first, then the nearest.

    The first of them, and the nearest where none fits, are the same whether everything is asked for or not.

    Args:
        known: Every explanation there is, the cheapest first; of two that fit and claim the same the earlier is told.
        dispute: The gradient and what it is explained with.
        everything: Also what claims more than an explanation that fits, and the dear ones where a cheap one fits.
    """
    standing = _Standing(everything=everything)
    found: list[list[Explanation]] = [[] for _ in known]
    for cost in sorted({hypothesis.cost for hypothesis in known}):
        if standing.is_plain:
            break
        places = (place for place, hypothesis in enumerate(known) if hypothesis.cost == cost)
        for place in sorted(places, key=lambda place: known[place].least):
            if standing.admits(known[place].least, place):
                found[place] = _asked(known[place], dispute, standing, place)
    return sorted(chain.from_iterable(found), key=lambda one: (not one.holds, one.claim if one.holds else one.residual))


def _asked(hypothesis: HypothesisOfError, dispute: Dispute, standing: _Standing, place: int) -> list[Explanation]:
    """What fits of one hypothesis, or the nearest that it comes to."""
    held: list[Explanation] = []
    nearest: Explanation | None = None
    try:
        for prediction in hypothesis.predict(dispute):
            if not standing.admits(prediction.claim, place):
                continue
            one = _weighed(hypothesis, prediction, dispute, scalable=standing.admits(_scaled(prediction), place))
            if one.holds:
                held.append(one)
                standing.take(one, place)
                if not standing.admits(hypothesis.least, place):
                    break
            elif nearest is None or one.residual < nearest.residual:
                nearest = one
    except Exception as error:  # noqa: BLE001 - a diagnosis is a courtesy; it must not cost the verdict it explains
        told = f"could not be tried: {type(error).__name__}: {error}"
        name = dispute.evidence.name
        return [*held, Explanation(name=hypothesis.name, gradient=name, sentence=told, residual=float("inf"))]
    return held or ([nearest] if nearest else [])


def _weighed(hypothesis: HypothesisOfError, prediction: Prediction, dispute: Dispute, *, scalable: bool) -> Explanation:
    """The prediction beside what the layer gave, as it is or with a factor that has a name."""
    name = dispute.evidence.name
    plain = Explanation(
        name=hypothesis.name,
        gradient=name,
        sentence=prediction.sentence,
        evidence=tuple(prediction.evidence),
        claim=prediction.claim,
        residual=fitting.residual(prediction, dispute.evidence),
        advice=prediction.advice,
    )
    is_tried = prediction.scalable and scalable and not plain.holds
    factor = fitting.factor(prediction, dispute.evidence) if is_tried else None
    named = factors.named(factor, dispute.subject, dispute.settings) if factor is not None else ""
    if factor is None or not named:
        return plain
    scaled = dataclasses.replace(prediction, actual=factor * prediction.actual)
    return dataclasses.replace(
        plain,
        sentence=f"{prediction.sentence}, and is multiplied by {named}",
        claim=_scaled(prediction),
        residual=fitting.residual(scaled, dispute.evidence),
    )


def _scaled(prediction: Prediction) -> float:
    """What a prediction claims that is wrong by a factor besides."""
    return prediction.claim + factors.CLAIM
