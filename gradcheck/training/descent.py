"""A small step along the gradient changes the loss by something else than the gradient predicts."""

from __future__ import annotations

import numpy as np

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import names, right, undecided
from gradcheck.types import Diagnosis, Outcome

#: How closely one factor must explain the slopes of all parameters to be called one.
SAME_FACTOR = 0.01


def examine(observed: Observed) -> Diagnosis:
    """Compare <g, u> with the slope of the loss along u in each parameter; the bound is derived in trials/slope.py.

    One positive factor on all of them is a learning rate (a loss told as a sum, its gradient as a mean), and no fault.
    """
    judged = [name for name in observed.trained if _has(observed, name)]
    slopes = {name: observed.slopes[name] for name in judged}
    wrong = [name for name in judged if slopes[name].outcome is Outcome.FAILED]
    agreed = [name for name in judged if slopes[name].outcome is Outcome.PASSED]
    if not wrong:
        if agreed:
            return right(f"the loss falls as predicted along {len(agreed)} of {len(judged)} gradients", len(agreed))
        return undecided("rounding, kinks or noise hide the slope of the loss in every parameter")
    ratios = {name: slopes[name].predicted / slopes[name].measured for name in wrong if slopes[name].measured}
    factor = float(np.median(list(ratios.values()))) if ratios else 0.0
    same = len(ratios) == len(judged) and all(abs(r / factor - 1) < SAME_FACTOR for r in ratios.values() if factor)
    if same and factor > 0:
        return undecided(
            f"every gradient is {factor:.4g} times the slope of the loss, which acts as a learning rate",
            f"{names(wrong)}: a mean for a sum, or a factor 2 left out, would do this",
        )
    rows = [
        f"{name}: predicted {s.predicted:+.5g}, measured {s.measured:+.5g}, allowed {s.allowed:.1g}"
        for name, s in ((name, slopes[name]) for name in wrong[:3])
    ]
    if same and factor < 0:
        headline, look = (
            "every gradient points uphill: its sign is wrong",
            "Look for the sign in the gradient of the loss.",
        )
    else:
        headline, look = f"the gradient of {names(wrong)} does not predict the loss", _look(observed, wrong, agreed)
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=headline,
        compared=len(judged),
        evidence=(*rows, *((f"as predicted: {names(agreed)}",) if agreed else ())),
        meaning="Backward is wrong there: steps along this gradient do not do to the loss what they promise.",
        next_step=look,
    )


def _has(observed: Observed, name: str) -> bool:
    gradient = observed.gradients.get(name)
    return gradient is not None and bool(np.any(gradient))


def _look(observed: Observed, wrong: list[str], agreed: list[str]) -> str:
    order = list(observed.trained)
    later = [name for name in agreed if order.index(name) > order.index(wrong[-1])]
    layer = wrong[-1].rpartition(".")[0] or wrong[-1]
    if len(wrong) > 1 and later:
        return f"Look at the backward of what lies between {wrong[-1]} and {later[0]}; try gradcheck check on its file."
    return f"Look at how the backward of {layer} computes it; try gradcheck check on its file."


CAUSE = Cause(
    name="descent", summary="the loss does not fall as the gradient predicts", stage=Stage.GRADIENT, examine=examine
)
