"""Why a parameter that no step changed stands still: exactly one reason for each."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.numerics.steps import magnitude
from gradcheck.trials.holders import is_tensor, memory, read, spacing
from gradcheck.trials.reach import reachable
from gradcheck.trials.trial import Gradients, Point, Trial
from gradcheck.trials.walk import Walk
from gradcheck.types import Array, Holder

#: What optimizers call the factor on an update.
RATE_NAMES = ("lr", "learning_rate", "alpha", "eta", "step_size", "rate", "learningRate")


class Reason(enum.Enum):
    """Why a parameter stands still."""

    STEP_RAISES = "a step raised"
    NO_GRADIENT = "no gradient, or one that is zero"
    NEVER_CALLED = "the optimizer was never called"
    NOT_HANDED = "the optimizer does not hold it"
    COPY = "the optimizer changes another array"
    RATE_ZERO = "the learning rate is 0"
    CLEARED = "the gradient is gone when the optimizer is called"
    ROUNDING = "the update is less than half of its last digit"
    UNEXPLAINED = "no explanation"


def reasons(  # noqa: C901 - a table of reasons, in the order of the loop
    trial: Trial, walk: Walk, static: Sequence[str], gradients: Gradients, start: Point
) -> Mapping[str, Reason]:
    """One reason per static parameter, the first that holds in the order of the loop."""
    if not static:
        return {}
    if walk.error:
        return dict.fromkeys(static, Reason.STEP_RAISES)
    with trial.fresh():
        holders = dict(trial.holders())
        held = optimizer_holds(trial.setup.optimizer)
        handed = {name for name in holders if _among(holders[name], held)}
        copied = _copies(static, start, held) if held else set()
    slow = _without_a_rate(trial, static, holders)
    found = {}
    for name in static:
        if not _is_there(gradients.get(name)):
            found[name] = Reason.NO_GRADIENT
        elif trial.setup.optimizer is not None and walk.calls == 0:
            found[name] = Reason.NEVER_CALLED
        elif name in slow:
            found[name] = Reason.RATE_ZERO
        elif name not in handed and (handed or copied or _is_torch(trial.setup.optimizer)):
            found[name] = Reason.COPY if copied else Reason.NOT_HANDED
        elif walk.used and all(used is not None and not _is_there(used.get(name)) for used in walk.used):
            found[name] = Reason.CLEARED
        elif _lost(trial, name, start[name], gradients[name]):
            found[name] = Reason.ROUNDING
        elif trial.setup.optimizer is not None:
            found[name] = Reason.COPY
        else:
            found[name] = Reason.UNEXPLAINED
    return found


def _without_a_rate(trial: Trial, static: Sequence[str], holders: Mapping[str, Holder]) -> set[str]:
    """Parameters whose learning rate is 0 before or after a step: the loop may set it on its way."""
    optimizer = trial.setup.optimizer
    with trial.fresh():
        before = {name for name in static if learning_rate(optimizer, holders[name]) == 0.0}
        try:
            trial.call("step", trial.setup.step)
        except UsageError:
            return before
        return before | {name for name in static if learning_rate(optimizer, holders[name]) == 0.0}


def optimizer_holds(optimizer: object) -> list[Holder]:
    """Every array, tensor and object with numbers that the optimizer leads to."""
    if optimizer is None:
        return []
    return [
        item for item in reachable([optimizer])
        if isinstance(item, np.ndarray) or is_tensor(item)
        or (hasattr(item, "grad") and not isinstance(item, type) and memory(item) is not None)
    ]  # fmt: skip


def learning_rate(optimizer: Any, holder: Holder) -> float | None:
    """The learning rate that an optimizer says it uses for a parameter; None where it does not say."""
    groups = getattr(optimizer, "param_groups", None)
    if isinstance(groups, list):
        for group in groups:
            if isinstance(group, dict) and any(item is holder for item in group.get("params", ())):
                return _number(group.get("lr"))
        return None
    for name in RATE_NAMES:
        if (value := _number(getattr(optimizer, name, None))) is not None:
            return value
    return None


def _number(value: object) -> float | None:
    if isinstance(value, (int, float, np.floating)) or is_tensor(value):
        return float(value)  # type: ignore[arg-type] # a tensor of one entry
    return None


def _is_torch(optimizer: object) -> bool:
    return type(optimizer).__module__.partition(".")[0] == "torch"


def _is_there(gradient: Array | None) -> bool:
    return gradient is not None and bool(np.any(gradient != 0))


def _among(holder: Holder, held: Sequence[Holder]) -> bool:
    inner = memory(holder)
    for item in held:
        if item is holder or item is inner:
            return True
        if is_tensor(item) and is_tensor(inner) and item.data_ptr() == inner.data_ptr() and inner.numel():
            return True
        if isinstance(item, np.ndarray) and isinstance(inner, np.ndarray) and np.may_share_memory(item, inner):
            return True
    return False


def _copies(static: Sequence[str], start: Point, held: Sequence[Holder]) -> set[str]:
    """Static parameters of which the optimizer holds an equal array; a constant one may be equal by chance."""
    found = set()
    for name in static:
        values = start[name]
        if values.size < 2 or np.ptp(values) == 0:
            continue
        for item in held:
            inner = memory(item)
            if inner is not None and getattr(inner, "shape", ()) == values.shape:
                try:
                    equal = np.array_equal(read(item), values)
                except UsageError:
                    continue
                if equal:
                    found.add(name)
    return found


def _lost(trial: Trial, name: str, values: Array, gradient: Array | None) -> bool:
    """Whether the same step moves the parameter once it is zero, where the digits are as fine as they get.

    And by less than the distance to the next number at most entries of the parameter as it is, once the update is
    taken in proportion to the gradient, which is another where the parameter is zero.
    """
    there = trial.gradients_at({name: np.zeros_like(values)}).get(name)
    size = 0.0 if there is None else magnitude(there.astype(np.float64))
    share = min(1.0, magnitude(np.asarray(gradient, dtype=np.float64)) / size) if size else 1.0
    with trial.fresh({name: np.zeros_like(values)}):
        try:
            trial.call("step", trial.setup.step)
        except UsageError:
            return False
        moved = np.abs(trial.parameters()[name].astype(np.float64))
        gap = spacing(trial.holders()[name], values)
    if not np.issubdtype(values.dtype, np.floating):
        return True  # whole numbers: an update below 1 is cut off
    return bool(np.any(moved > 0)) and bool(np.mean(share * moved <= gap) > 0.5)
