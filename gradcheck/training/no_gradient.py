"""A parameter gets no gradient though the loss depends on it: the graph is cut."""

from __future__ import annotations

from gradcheck.trials.cause import Cause, Stage
from gradcheck.trials.observed import Observed
from gradcheck.trials.words import losses, names, right, undecided, verb
from gradcheck.types import Diagnosis, Outcome


def examine(observed: Observed) -> Diagnosis:
    """Where there is no gradient at all, ask the loss whether it depends on the parameter.

    A tape hands back zeros, not nothing, where the loss is flat: that it depends on it anywhere is enough.
    """
    missing = [name for name in observed.trained if observed.gradients.get(name) is None]
    if not missing:
        return right("every parameter has a gradient", len(observed.trained))
    moved = {name: observed.depends(name) for name in missing}
    cut = [name for name in missing if moved[name][2]]
    if not cut:
        return undecided(f"{names(missing)}: no gradient, and the loss may not depend on {verb(missing, 'it', 'them')}")
    them = verb(cut, "it", "them")
    evidence = [
        f"{name}: gradient None; moved by half its size, it moves the loss from {before:.6g} to {after:.6g}"
        for name, (before, after, _) in ((name, moved[name]) for name in cut[:2])
    ]
    with_one = [name for name in observed.trained if name not in missing]
    where = f"between {cut[-1]} and {with_one[0]}" if with_one and _comes_later(observed, with_one[0], cut[-1]) else ""
    return Diagnosis(
        outcome=Outcome.FAILED,
        headline=f"no gradient reaches {names(cut)}, though the loss depends on {them}: the graph is cut",
        compared=len(missing),
        evidence=(*evidence, losses(observed.walk)) if observed.walk.steps else tuple(evidence),
        meaning="These weights never move: what the loss is computed from was taken out of the graph on the way.",
        next_step=f"Look in forward {where or 'after them'} for .data, .detach(), .item(), .numpy(), a new tensor.",
    )


def _comes_later(observed: Observed, later: str, earlier: str) -> bool:
    return observed.trained.index(later) > observed.trained.index(earlier)


CAUSE = Cause(name="no_gradient", summary="parameters whose gradient is missing", stage=Stage.GRADIENT, examine=examine)
