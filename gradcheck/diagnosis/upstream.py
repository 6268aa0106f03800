"""The true gradient of another upstream gradient: ignored, only its sign, its square, clipped, normalised."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.numerics import steps
from gradcheck.types import Array, Dispute, HypothesisOfError, Prediction

#: Bounds at which layers clip what they are handed.
BOUNDS = (0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
LINEAR = "backward must be linear in the upstream gradient"


def predict(dispute: Dispute) -> Iterator[Prediction]:
    """Actual is the true gradient through f(y_bar) instead of y_bar."""
    if not dispute.is_free:
        return
    forms = list(_forms(dispute))
    found = dispute.truth([y_bar for y_bar, _, _ in forms], None)
    for (_, told, advice), gradient in zip(forms, found or (), strict=False):
        yield Prediction(actual=gradient, sentence=told, claim=1.5, advice=advice)


def _forms(dispute: Dispute) -> Iterator[tuple[Array, str, str]]:
    y_bar = dispute.evidence.y_bar
    yield np.ones_like(y_bar), "the upstream gradient is ignored: it is the gradient for ones", "multiply by it"
    if not np.any(y_bar):
        return
    yield np.sign(y_bar), "only the sign of the upstream gradient is used", LINEAR
    yield np.abs(y_bar), "the absolute value of the upstream gradient is used", LINEAR
    yield np.square(y_bar), "the upstream gradient is multiplied in twice", "one of the two products is too many"
    yield np.maximum(y_bar, 0.0), "only the positive part of the upstream gradient is used", LINEAR
    yield np.minimum(y_bar, 0.0), "only the negative part of the upstream gradient is used", LINEAR
    yield np.clip(y_bar, 0.0, 1.0), "the upstream gradient is clipped to [0, 1]", LINEAR
    norm, largest = steps.norm(y_bar), steps.largest(y_bar)
    yield y_bar / norm, f"the upstream gradient is divided by its norm, {norm:.6g}", LINEAR
    yield y_bar / largest, f"the upstream gradient is divided by its largest entry, {largest:.6g}", LINEAR
    for bound in BOUNDS:
        if bound < largest:
            yield np.clip(y_bar, -bound, bound), f"the upstream gradient is clipped at {bound:g}", LINEAR
    if y_bar.ndim > 1:
        for axis in range(y_bar.ndim):
            mean = np.broadcast_to(y_bar.mean(axis=axis, keepdims=True), y_bar.shape)
            yield mean, f"the upstream gradient is averaged over axis {axis} first", f"keep axis {axis} of it"


HYPOTHESIS_OF_ERROR = HypothesisOfError(
    name="upstream",
    summary="the true gradient of another upstream gradient: ignored, its sign, clipped, normalised",
    predict=predict,
    cost=1,
    least=1.5,
)
