"""Which form of a rule an observed path follows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.optimizers.model import Alternative, Array, Choices, Family, Hyperparameters
from gradcheck.optimizers.simulate import moves, path

# Rounded operations in one step of the longest rule, each of relative error u at most.
OPERATIONS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What an optimizer did.

    Attributes:
        start: The parameters before the first step.
        gradients: The gradients of every step.
        path: The parameters after every step.
        unit: Unit roundoff of the arithmetic, that of the narrowest dtype that took part.
        sizes: The largest magnitude of an entry at the start or after each of the steps, asked for by every form.
    """

    start: Sequence[Array]
    gradients: Sequence[Sequence[Array]]
    path: Sequence[Sequence[Array]]
    unit: float
    sizes: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take the sizes."""
        sizes = (max(float(np.max(np.abs(p))) for p in (*self.start, *at_step)) for at_step in self.path)
        object.__setattr__(self, "sizes", tuple(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A form that explains a path.

    Attributes:
        choices: Term to choice.
        hyperparameters: The numbers it has.
        variants: How it departs from torch's form, one sentence's end each.
        fault: What is wrong about it, "" for a right form.
    """

    choices: Choices
    hyperparameters: Hyperparameters
    variants: tuple[str, ...] = ()
    fault: str = ""


def allowed(observed: Observed, h: Hyperparameters, step: int) -> float:
    """How far two evaluations of one rule may lie apart after a number of steps.

    Every operation rounds by u relative to what it computes, all of which is bounded by the parameters and the way
    they went; 1 - beta^t loses digits in proportion to 1 / (1 - beta). Both sides round, hence the factor 2.
    """
    kept = max(h.momentum, h.beta1, h.beta2)
    return 2 * OPERATIONS * step * observed.unit * observed.sizes[step - 1] / max(1 - kept, observed.unit)


def follows(observed: Observed, family: Family, choices: Choices, h: Hyperparameters) -> bool:
    """Whether the path is the one of a form, to rounding."""
    simulated = moves(family, choices, h, observed.start, observed.gradients)
    return all(_close(actual, next(simulated), room) for room, at_step in _roomy(observed, h) for actual in at_step)


def _roomy(observed: Observed, h: Hyperparameters) -> Iterator[tuple[float, Sequence[Array]]]:
    for step, at_step in enumerate(observed.path, start=1):
        room = allowed(observed, h, step)
        yield room if np.isfinite(room) else 0.0, at_step


def _close(actual: Array, expected: Array, room: float) -> bool:
    with np.errstate(invalid="ignore"):
        away = np.abs(actual - expected)
    if np.isfinite(away).all():
        return bool((away <= room).all())
    # Forms that divide by 0 leave infinities and NaN: equal where both have them, and no looser on the rest.
    return np.allclose(actual, expected, rtol=0.0, atol=room, equal_nan=True)


def right_form(observed: Observed, family: Family, candidates: Sequence[Hyperparameters]) -> Match | None:
    """The right form a path follows, with as few departures from torch's as possible."""
    for h in candidates:
        for choices, words in right_forms(family, h):
            if follows(observed, family, choices, h):
                return Match(choices=choices, hyperparameters=h, variants=words)
    return None


def wrong_form(observed: Observed, family: Family, candidates: Sequence[Hyperparameters]) -> Match | None:
    """The known wrong form a path follows: one fault in any right form."""
    for h in candidates:
        for fault in (fault for fault in family.faults if _matters(fault, h)):
            for choices, words in right_forms(family, h):
                if follows(observed, family, {**choices, **fault.choices}, h):
                    return Match(choices=choices, hyperparameters=h, variants=words, fault=fault.words)
    return None


def scaled_form(
    observed: Observed, family: Family, candidates: Sequence[Hyperparameters]
) -> tuple[Match, float] | None:
    """A form, right or with one fault, of which every step is the same multiple, and the multiple."""
    for h in candidates:
        if h.weight_decay:
            continue  # the decay would be scaled too
        faults = [Alternative(choices={}, words=""), *(fault for fault in family.faults if _matters(fault, h))]
        for fault, (choices, words) in itertools.product(faults, right_forms(family, h)):
            formed = {**choices, **fault.choices}
            factor = _factor(observed, family, formed, h)
            longer = replace(h, learning_rate=factor * h.learning_rate)
            if np.isfinite(factor) and factor > 0 and follows(observed, family, formed, longer):
                return Match(choices=choices, hyperparameters=h, variants=words, fault=fault.words), factor
    return None


def _factor(observed: Observed, family: Family, choices: Choices, h: Hyperparameters) -> float:
    """How many times as long as a form's the first step is, by the median over the entries."""
    first = next(path(family, choices, h, observed.start, observed.gradients))
    with np.errstate(all="ignore"):
        ratios = [(a - p) / (e - p) for a, e, p in zip(observed.path[0], first, observed.start, strict=True)]
    return float(np.median(np.concatenate([ratio.ravel() for ratio in ratios])))


def right_forms(family: Family, h: Hyperparameters) -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    """Every right form that these hyperparameters can tell apart, torch's first, with its departures."""
    by_term: dict[str, list[Alternative]] = {}
    for variant in family.variants:
        if _matters(variant, h):
            by_term.setdefault(next(iter(variant.choices)), []).append(variant)
    options: list[list[Alternative | None]] = [[None, *variants] for variants in by_term.values()]
    for combination in sorted(itertools.product(*options), key=lambda chosen: sum(c is not None for c in chosen)):
        chosen = [alternative for alternative in combination if alternative is not None]
        choices: dict[str, str] = dict(family.terms)
        for alternative in chosen:
            choices.update(alternative.choices)
        yield choices, tuple(alternative.words for alternative in chosen)


def _matters(alternative: Alternative, h: Hyperparameters) -> bool:
    values: Mapping[str, float] = {name: getattr(h, name) for name in h.__slots__}
    return not alternative.uses or bool(values[alternative.uses])
