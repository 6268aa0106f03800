"""Digits lost on the way back: half or single precision, whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.judging import elementwise
from gradcheck.numerics import steps
from gradcheck.types import Array, Dispute, Evidence, HypothesisOfError, Prediction

#: Roundings of a gradient computed in single precision, as many as an entry is granted in double.
ROUNDINGS = 64.0
SINGLE = float(np.finfo(np.float32).eps)
#: A share of the gradient that digits lost in a primal do not add up to: half precision is wrong by 5e-4 of it, and
#: forward may be ill-conditioned a hundred times over.
MOST_LOST = 100.0 * float(np.finfo(np.float16).eps) / 2.0
Rounding = Callable[[Array], Array]


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient of rounded numbers, the rounded gradient, or that to seven digits."""
    evidence, primals = dispute.evidence, dispute.subject.primals
    expected = dispute.expected[evidence.name]
    is_small = _is_small(evidence)
    with np.errstate(all="ignore"):
        for word, rounded in _roundings():
            yield _prediction(rounded(expected), f"it is rounded to {word}", 1.5)
            for name, x in primals.items() if is_small else ():
                found = dispute.truth([evidence.y_bar], {**primals, name: rounded(x)})
                if found is not None:
                    yield _prediction(found[0], f"it is the gradient for `{name}` rounded to {word}", 2.0)
            yield from _formula_of_rounded(dispute, word, rounded)
        for word, truncated in (("whole numbers", np.trunc), ("whole numbers", np.round)):
            if np.any(truncated(expected)):
                yield _prediction(truncated(expected), f"it is cut to {word}", 2.0)
    yield Prediction(
        actual=expected,
        sentence="the error is that of single precision: about seven digits are right",
        claim=3.5,
        advice="an array of backward may be float32",
        slack=ROUNDINGS * SINGLE * steps.largest(expected),
        scalable=False,
    )


def _is_small(evidence: Evidence) -> bool:
    """Whether lost digits may be all of the error: each primal is asked for with a forward of its own."""
    if evidence.expected.shape != evidence.actual.shape or not np.any(evidence.known):
        return True
    error = (evidence.actual - evidence.expected)[evidence.known]
    return steps.norm(error) <= MOST_LOST * steps.norm(evidence.expected[evidence.known])


def _formula_of_rounded(dispute: Dispute, word: str, rounded: Rounding) -> Iterator[Prediction]:
    """A local derivative with the right formula, of an output or an input that was kept with fewer digits."""
    found = elementwise.local(dispute)
    x, y = dispute.x, dispute.evidence.y
    name = elementwise.formula(found.expected, x, y) if found is not None else ""
    if not name:
        return
    for told, at in (("the output", (x, rounded(y))), ("the input", (rounded(x), y))):
        value = elementwise.evaluated(name, *at)
        if value is not None:
            yield _prediction(dispute.evidence.y_bar * value, f"{told} is kept in {word}: {name} is taken of that", 2.0)


def _prediction(actual: Array, sentence: str, claim: float) -> Prediction:
    advice = "keep the digits of forward in what backward reads"
    return Prediction(actual=actual, sentence=sentence, claim=claim, advice=advice, scalable=False)


def _roundings() -> Iterator[tuple[str, Rounding]]:
    yield "half precision", lambda x: x.astype(np.float16).astype(np.float64)
    yield "single precision", lambda x: x.astype(np.float32).astype(np.float64)


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="rounded", summary="digits lost on the way back", predict=predict, cost=1, least=1.5
)
