"""One optimizer class examined: driven, compared with the rule it is named after, and told what differs."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from gradcheck import extensions
from gradcheck.cases.running.evaluation import protected
from gradcheck.errors import BuildError
from gradcheck.optimizers import telling
from gradcheck.optimizers.driving import CannotDriveError, Drive, drives
from gradcheck.optimizers.forms import Tensors
from gradcheck.optimizers.hidden import candidates
from gradcheck.optimizers.matching import Match, Observed, right_form, scaled_form, wrong_form
from gradcheck.optimizers.model import Array, Family, Hyperparameters
from gradcheck.optimizers.roles import WEIGHT_DECAY, arguments
from gradcheck.optimizers.telling import Answer

SHAPES = ((3, 2), (2,), (3, 2))
# Where one state serves all parameters, only equal shapes get through.
EQUAL_SHAPES = ((3, 2), (3, 2), (3, 2))
STEPS = 5
# Gradients away from 0 and small enough that no usual clipping, at a norm of 1, takes part.
SMALLEST_GRADIENT, LARGEST_GRADIENT = 0.05, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One setting of the hyperparameters under which a class is driven.

    Attributes:
        words: What is particular about it, "" for nothing.
        settings: Role to value.
        family: The rule it must follow.
        shapes: Of the parameters.
    """

    words: str
    settings: Mapping[str, Any]
    family: Family
    shapes: tuple[tuple[int, ...], ...] = SHAPES


def examine(cls: type, name: str, seed: int, *, exact: bool = False) -> Answer:
    """Drive an optimizer class and compare its path with the rule it claims to be.

    Args:
        cls: The class.
        name: The rule's name in gradcheck/optimizers/families.
        seed: Seed of the parameters and gradients.
        exact: Whether torch's form alone is right.

    Raises:
        BuildError: No known convention drives it.
    """
    families = extensions.load_all("gradcheck.optimizers.families", "FAMILY", Family)
    family = families[name]
    with protected(seed, cls):
        base = Scenario(words="", settings={}, family=family)
        drive, observed, match = _first(cls, base, seed)
        if match is None:
            return _unmatched(drive, base, seed)
        if match.fault:
            return telling.wrong(drive, base.family, observed, match)
        words = list(match.variants)
        compared = 1
        for scenario in _scenarios(cls, drive, families, match):
            try:
                observed, hypers, _ = _observe(drive, scenario, seed)
            except Exception as error:  # noqa: BLE001 - what a stranger's step raises under a setting is told
                return telling.halted(drive, error, scenario.words)
            found = right_form(observed, scenario.family, hypers) or wrong_form(observed, scenario.family, hypers)
            if found is None:
                return _unmatched(drive, scenario, seed)
            if found.fault:
                return telling.wrong(drive, scenario.family, observed, found, scenario.words)
            compared += 1
            words += [word for word in found.variants if word not in words]
        if broken := _broken_by_zeros(drive, base, seed):
            return broken
        if exact and words:
            return telling.other(drive, family, words[0], compared=compared * STEPS)
        return telling.right(drive, family, words, compared=compared * STEPS)


def _first(cls: type, base: Scenario, seed: int) -> tuple[Drive, Observed, Match | None]:
    """The drive that explains most; where shapes differ too much for a fault to show, with equal ones."""
    reason: BuildError | None = None
    found = None
    try:
        found = _driven(cls, base, seed)
    except BuildError as error:
        reason = error
    if found is None or found[2] is None:
        with contextlib.suppress(BuildError):
            again = _driven(cls, dataclasses.replace(base, shapes=EQUAL_SHAPES), seed)
            if again[2] is not None and again[2].fault:
                return again
    if found is None:
        raise reason or BuildError(f"{cls.__qualname__} could not be driven")
    return found


def _driven(cls: type, base: Scenario, seed: int) -> tuple[Drive, Observed, Match | None]:
    """The first drive whose path is right, else the first whose path is explained, else the first that runs."""
    ran: list[tuple[Drive, Observed, list[Hyperparameters]]] = []
    reasons: list[str] = []
    for drive in drives(cls, base.family.name):
        if drive.make is Tensors and any(_moving(o) == len(o.start) for _, o, _ in ran) and not _knows_torch(cls):
            continue  # it does the same to tensors, and importing torch takes a second
        try:
            observed, hypers, moved = _observe(drive, base, seed)
        except Exception as error:  # noqa: BLE001 - a convention that is not the class's may raise anything
            reasons.append(str(error) if isinstance(error, CannotDriveError) else f"{type(error).__name__}: {error}")
            continue
        if match := right_form(observed, base.family, hypers):
            return drive, observed, match
        if moved or _is_plain(drive):
            ran.append((drive, observed, hypers))
    ran.sort(key=lambda each: -_moving(each[1]))
    if not ran:
        reason = " ".join((reasons or ["none of its methods takes parameters and gradients"])[0].split())
        raise BuildError(f"{cls.__qualname__} could not be driven: {reason}")
    for drive, observed, hypers in ran:
        if match := wrong_form(observed, base.family, hypers):
            return drive, observed, match
    return ran[0][0], ran[0][1], None


def _knows_torch(cls: type) -> bool:
    """Whether a module that defines a class, or a base of it, holds torch, or a class or function of it."""
    modules = {base.__module__ for base in cls.__mro__[:-1]} & sys.modules.keys()
    held = [value for name in modules for value in list(vars(sys.modules[name]).values())]
    names = [value.__name__ for value in held if type(value) is ModuleType]
    names += [str(value.__module__) for value in held if issubclass(type(value), (type, FunctionType))]
    return any(name.partition(".")[0] == "torch" for name in names)


def _observe(
    drive: Drive, scenario: Scenario, seed: int, *, zeros: bool = False
) -> tuple[Observed, list[Hyperparameters], bool]:
    start, gradients = drawn(seed, scenario.shapes, zeros=zeros)
    ran = drive.path(scenario.settings, start, gradients)
    path, optimizers = ran.path, ran.optimizers
    width = len(path[0])
    start = start[:width]
    observed = Observed(
        start=start,
        gradients=[at_step[:width] for at_step in gradients],
        path=path,
        unit=_unit(path, optimizers),
    )
    step_roles = frozenset(found for found, _ in arguments(getattr(optimizers[0], drive.method), drive.family).values())
    hypers = candidates(drive.cls, scenario.family, scenario.settings, optimizers[0], step_roles)
    if not _moving(observed) and not ran.seen:
        raise CannotDriveError("its step looks at no gradient it was given")
    return observed, hypers, bool(_moving(observed))


def drawn(seed: int, shapes: Sequence[tuple[int, ...]], *, zeros: bool) -> tuple[list[Array], list[list[Array]]]:
    """Parameters and the gradients of every step; with `zeros`, one entry's gradient is 0 at each of them."""
    rng = np.random.default_rng(seed)
    start = [np.round(rng.normal(size=shape), 2) for shape in shapes]
    gradients = []
    for _ in range(STEPS):
        sizes = [rng.uniform(SMALLEST_GRADIENT, LARGEST_GRADIENT, size=shape) for shape in shapes]
        gradients.append([np.round(size * rng.choice([-1.0, 1.0], size=size.shape), 3) for size in sizes])
    if zeros:
        for at_step in gradients:
            at_step[0][0, 0] = 0.0
    return start, gradients


def _scenarios(cls: type, drive: Drive, families: Mapping[str, Family], match: Match) -> Iterator[Scenario]:
    roles = {found for found, _ in arguments(cls, drive.family).values()}
    family = families[drive.family]
    descent = family.name in {"sgd", "momentum", "nesterov"}
    if "weight_decay" in roles:
        yield Scenario(words="with weight_decay", settings={"weight_decay": WEIGHT_DECAY}, family=family)
    if "nesterov" in roles and match.hyperparameters.momentum and descent:
        ahead = families["nesterov"]
        yield Scenario(words="with nesterov=True", settings={"nesterov": True}, family=ahead)
    if "amsgrad" in roles and family.name in {"adam", "adamw"}:
        yield Scenario(words="with amsgrad=True", settings={"amsgrad": True}, family=family)
    if "momentum" in roles and descent:
        yield Scenario(words="without momentum", settings={"momentum": 0.0}, family=families["sgd"])


def _unmatched(drive: Drive, base: Scenario, seed: int) -> Answer:
    observed, hypers, moved = _observe(drive, base, seed)
    if not moved:
        return telling.still(drive, base.family, observed)
    if names := _resting(drive, base, seed):
        return telling.resting(drive, base.family, observed, names, base.words)
    scaled = scaled_form(observed, base.family, hypers)
    if scaled:
        known = all(found for found, _ in arguments(drive.cls, drive.family).values())
        return telling.scaled(drive, base.family, observed, *scaled, proven=known)
    return telling.unexplained(drive, base.family, observed, hypers, base.words)


def _resting(drive: Drive, scenario: Scenario, seed: int) -> list[str]:
    """Parameters that never move though their gradients are read, where all others move as they should."""
    observed, hypers, _ = _observe(drive, scenario, seed)
    still = [np.array_equal(p, begun) for p, begun in zip(observed.path[-1], observed.start, strict=True)]
    start, gradients = drawn(seed, scenario.shapes, zeros=False)
    if not any(still) or all(still) or not drive.path(scenario.settings, start, gradients).seen:
        return []
    moving = [i for i, each in enumerate(still) if not each]
    rest = Observed(
        start=[observed.start[i] for i in moving],
        gradients=[[at_step[i] for i in moving] for at_step in observed.gradients],
        path=[[at_step[i] for i in moving] for at_step in observed.path],
        unit=observed.unit,
    )
    right = right_form(rest, scenario.family, hypers)
    return [telling.NAMES[i] for i, each in enumerate(still) if each] if right else []


def _broken_by_zeros(drive: Drive, base: Scenario, seed: int) -> Answer | None:
    observed, _, _ = _observe(drive, base, seed, zeros=True)
    bad = [step for step, at_step in enumerate(observed.path, 1) if any(not np.all(np.isfinite(p)) for p in at_step)]
    return telling.divided_by_zero(drive, base.family, bad[0]) if bad else None


def _moving(observed: Observed) -> int:
    pairs = zip(observed.path[-1], observed.start, strict=True)
    return sum(not np.array_equal(p, begun, equal_nan=True) for p, begun in pairs)


def _is_plain(drive: Drive) -> bool:
    """Whether what a drive hands over is what everybody means by it, so that a step without effect is the class's."""
    return drive.form in {"lists", "dictionaries", "objects", "pairs"}


def _unit(path: Sequence[Sequence[Array]], optimizers: Sequence[object]) -> float:
    """Unit roundoff of the narrowest floating-point dtype among the parameters and what the optimizers keep."""
    dtypes = [p.dtype for p in path[-1]]
    waiting: list[Any] = [getattr(optimizer, "__dict__", {}) for optimizer in optimizers]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict):
            waiting += held.values()
        elif isinstance(held, (list, tuple)):
            waiting += held
        elif isinstance(held, np.ndarray):
            dtypes.append(held.dtype)
    return max((float(np.finfo(d).eps) / 2 for d in dtypes if np.issubdtype(d, np.floating)), default=0.0)
