"""The path that a rule takes from given parameters along given gradients."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from gradcheck.optimizers.model import Array, Choices, Family, Hyperparameters, State


def path(
    family: Family, choices: Choices, h: Hyperparameters, start: Sequence[Array], gradients: Sequence[Sequence[Array]]
) -> Iterator[list[Array]]:
    """The parameters after each step, W_t = W_(t-1) - u_t, in float64.

    Args:
        family: The rule.
        choices: Term to choice, one for each of its terms.
        h: The hyperparameters.
        start: The parameters before the first step.
        gradients: The gradients of every step, in the order and shapes of `start`.

    Yields:
        The parameters after one step; a form that divides by 0 yields what NumPy makes of it.
    """
    moved = moves(family, choices, h, start, gradients)
    for at_step in gradients:
        yield list(itertools.islice(moved, len(at_step)))


def moves(
    family: Family, choices: Choices, h: Hyperparameters, start: Sequence[Array], gradients: Sequence[Sequence[Array]]
) -> Iterator[Array]:
    """Every parameter after each step, as `path` has them, one after another."""
    parameters = [np.array(p, dtype=np.float64) for p in start]
    own = choices["state"] == "own"
    shared: State = {}
    states: list[State] = [{} if own else shared for _ in parameters]
    for step, at_step in enumerate(gradients, start=1):
        for i, g in enumerate(at_step):
            t = (step - 1) * len(parameters) + i + 1 if choices["count"] == "parameters" else step
            with np.errstate(all="ignore"):
                parameters[i] = _moved(family, choices, h, parameters[i], np.asarray(g, np.float64), states[i], t)
            yield parameters[i].copy()


def _moved(family: Family, choices: Choices, h: Hyperparameters, p: Array, g: Array, state: State, t: int) -> Array:
    masked = choices["decayed"] == "matrices" and p.ndim < 2
    kept, rate = 0.0 if masked else h.weight_decay, h.learning_rate
    decay = choices["decay"] if kept else "none"
    coupled = {"coupled": kept, "twice": kept, "of the square": 2 * kept, "negative": -kept}.get(decay, 0.0)
    up = -1.0 if choices["sign"] == "up" else 1.0
    moved: Array = p - up * family.advance(state, g + coupled * p, h, choices, t)
    match decay:
        case "decoupled" | "twice":
            moved = moved - rate * kept * p
        case "decoupled, negative":
            moved = moved + rate * kept * p
        case "decoupled, after the step":
            moved = moved * (1 - rate * kept)
        case "whole":
            moved = moved - kept * p
        case "whole, after the step":
            moved = moved * (1 - kept)
        case "of everything":
            moved = p + (1 - kept) * (moved - p)
    return moved
