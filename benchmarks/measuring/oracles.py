"""The gradient check of small layers by the exact oracle, by finite differences, and by torch's gradcheck, in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck import extensions
from gradcheck.types import Case, Check, Context, Oracle, Profile
from measuring import torch_gradcheck
from measuring.counting import Counts, counted
from measuring.trials import cases, layers_of

EXACT, ESTIMATING = "traced_autograd", "finite_difference"
RULES = ("exact oracle", "finite differences", "torch gradcheck, slow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one rule spent on one layer: calls, and the least processor time of some rounds."""

    forwards: int
    backwards: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One layer under every rule.

    Attributes:
        layer: Its identity.
        traced: Whether the exact oracle judged it.
        costs: By rule.
    """

    layer: str
    traced: bool
    costs: Mapping[str, Cost]


def compare(folder: str, rounds: int) -> list[Compared]:
    """Every layer of a folder that can be built, under every rule."""
    check = extensions.load("gradcheck.checks", "gradient", "CHECK", Check)
    installed = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
    both = {name: installed[name] for name in sorted((EXACT, ESTIMATING), reverse=True)}
    alone = {ESTIMATING: installed[ESTIMATING]}
    slow = torch_gradcheck.tools()[0]
    built = [case for case, _ in cases(layers_of(folder), 0)[0]]
    check.examine(Context(case=built[0], profile=Profile.DEFAULT, oracles=both))  # imports torch
    found = []
    for case in built:
        oracles: list[str] = []

        def gradient(case: Case, oracles: list[str] = oracles) -> None:
            oracles.append(check.examine(Context(case=case, profile=Profile.DEFAULT, oracles=both)).oracle)

        rules: tuple[Callable[[Case], object], ...] = (
            gradient,
            lambda case: check.examine(Context(case=case, profile=Profile.DEFAULT, oracles=alone)),
            slow.judge,
        )
        costs = dict(zip(RULES, _in_turn(rules, case, rounds), strict=True))
        found.append(Compared(layer=case.layer, traced=EXACT in oracles, costs=costs))
    return found


def _in_turn(rules: tuple[Callable[[Case], object], ...], case: Case, rounds: int) -> list[Cost]:
    *ours, slow = rules
    once = _spent(slow, case)  # as long as many rounds of the others
    spent = [[_spent(rule, case) for rule in ours] for _ in range(rounds)]
    return [*(min((row[k] for row in spent), key=lambda cost: cost.seconds) for k in range(len(ours))), once]


def _spent(rule: Callable[[Case], object], case: Case) -> Cost:
    calls = Counts()
    mine = counted(case, calls)
    start = time.process_time()
    try:
        with np.errstate(all="ignore"):
            rule(mine)
    except Exception:  # noqa: BLE001, S110 - that is how torch's gradcheck says that a layer is wrong
        pass
    return Cost(forwards=calls.forwards, backwards=calls.backwards, seconds=time.process_time() - start)


def ratio(found: list[Compared], rule: str, to: str) -> float:
    """Median over the layers of one rule's processor time divided by another's."""
    return statistics.median(one.costs[rule].seconds / one.costs[to].seconds for one in found)
