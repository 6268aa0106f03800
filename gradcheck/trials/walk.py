"""Some steps of a training, with what was seen at each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.trials.trial import Gradients, Point, Trial, described
from gradcheck.types import Array

#: Steps whose parameters and gradients are kept: two are needed to see gradients add up, a third to confirm it.
KEPT = 3
#: Steps after which the loss is looked at, as 1, 2, 5, 10, 20, ...
_MANTISSAS = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What became of some steps.

    Attributes:
        steps: Number of steps taken.
        losses: (step, loss) at the start and after some of the steps; ends at the first that is not finite.
        points: Parameters at the start and after each of the first steps.
        used: The gradients that lay with the parameters when the optimizer was called in each of the first steps, or
            after the step where there is no optimizer to watch; None where nothing could be seen.
        calls: How often the optimizer was called in those steps; None where it cannot be watched.
        error: What a step raised, "" where none did.
    """

    steps: int
    losses: tuple[tuple[int, float], ...]
    points: tuple[Point, ...]
    used: tuple[Gradients | None, ...] = ()
    calls: int | None = None
    error: str = ""

    @property
    def first(self) -> float:
        """The loss at the start."""
        return self.losses[0][1]

    @property
    def last(self) -> float:
        """The loss at the end."""
        return self.losses[-1][1]

    @property
    def lowest(self) -> float:
        """The lowest finite loss seen."""
        return min((loss for _, loss in self.losses if np.isfinite(loss)), default=float("nan"))


def walk(trial: Trial, steps: int, *, scale: float = 1.0) -> Walk:  # noqa: C901 - one loop, step by step
    """Take steps from the start.

    Args:
        trial: The set-up.
        steps: How many.
        scale: Factor on every update: after a step the parameters are put at old + scale (new - old). It acts as a
            factor on the learning rate, whatever the optimizer is.
    """
    wanted = _looked_at(steps)
    kept: list[Point] = []
    used: list[Gradients | None] = []
    looked: dict[int, Point] = {}
    error, taken = "", 0
    with trial.fresh():
        calls = _watch(trial, used)
        kept.append(trial.parameters())
        before = kept[0]
        for step in range(1, steps + 1):
            seen = len(used)
            try:
                trial.call("step", trial.setup.step)
            except UsageError as raised:
                error = str(raised) if raised.__cause__ is None else described(raised.__cause__)
                break
            taken = step
            if step <= KEPT and len(used) == seen:
                used.append(_buffers(trial) if calls is None else None)
            if step > KEPT and step not in wanted and scale == 1.0:
                continue
            now = trial.parameters()
            if scale != 1.0:
                now = {name: _between(before[name], values, scale) for name, values in now.items()}
                trial.move(now)
                before = now
            if step <= KEPT:
                kept.append(now)
            is_finite = all(np.all(np.isfinite(values)) for values in now.values())
            if step in wanted or not is_finite:
                looked[step] = now
            if not is_finite:
                break
    losses = [(0, trial.loss_at())]
    for step, point in looked.items():
        losses.append((step, trial.loss_at(point)))
        if not np.isfinite(losses[-1][1]):
            break
    return Walk(
        steps=taken,
        losses=tuple(losses),
        points=tuple(kept),
        used=tuple(used[:KEPT]),
        calls=None if calls is None else len(calls),
        error=error,
    )


def _between(old: Array, new: Array, scale: float) -> Array:
    wide = old.astype(np.float64)
    moved: Array = (wide + scale * (new - wide)).astype(old.dtype)
    return moved


def _looked_at(steps: int) -> set[int]:
    ladder = {mantissa * 10**power for mantissa in _MANTISSAS for power in range(len(str(steps)))}
    return {step for step in ladder if step < steps} | {steps}


def _watch(trial: Trial, used: list[Gradients | None]) -> list[int] | None:
    """Have the optimizer's method note each call and the gradients there; None where it cannot be watched."""
    setup = trial.setup
    original: Callable[..., Any] | None = getattr(setup.optimizer, setup.call_optimizer or "step", None)
    if setup.optimizer is None or original is None:
        return None
    calls: list[int] = []

    def watched(*arguments: Any, **named: Any) -> Any:
        calls.append(len(used))
        if len(used) < KEPT:
            handed = next((given for given in arguments if isinstance(given, Mapping)), None)
            used.append(_buffers(trial) if handed is None else trial.read_all(handed))
        return original(*arguments, **named)

    try:
        setattr(setup.optimizer, setup.call_optimizer or "step", watched)
    except AttributeError:  # slots: nothing can be put in the method's place
        return None
    return calls


def _buffers(trial: Trial) -> Gradients | None:
    if trial.setup.buffers is None:
        return None
    return {name: None if g is None else np.array(g) for name, g in trial.read_all(trial.setup.buffers()).items()}
