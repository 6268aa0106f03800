"""The gradient check of a transformer encoder of millions of parameters: calls, time and memory of a built case."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck import extensions
from gradcheck.building import build_given
from gradcheck.cases.guessing.given import given_inputs
from gradcheck.choosing import Plan
from gradcheck.types import Case, Check, CheckResult, Context, Oracle, Outcome, Profile
from measuring import resident
from measuring.counting import Counts, counted
from reference_models.numpy_layers.encoder import Encoder

D_MODEL, HEADS, D_FF = 512, 8, 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One stack on one input.

    Attributes:
        shape: The input's.
        parameters: Their number.
        compared: Numbers compared.
        entries: Entries of all gradients.
        ratios: Processor time of each check over that of the hand-written forward and backward before it.
        passed: Whether the exact oracle judged, and found every gradient right.
        calls: Forwards and backwards of one check.
        peak: Resident memory during the check in units of the parameters, above what the process held before.
        held: The same before the check.
        building: Processor time of building over that of a hand-written forward and backward.
        built_by: Forwards and backwards of building.
    """

    shape: tuple[int, ...]
    parameters: int
    compared: int
    entries: int
    ratios: tuple[float, ...]
    passed: bool
    calls: Counts
    peak: float
    held: float
    building: float
    built_by: Counts


def measure(layers: int, shape: tuple[int, int], rounds: int) -> Measured:
    """Build a case of one encoder and check it several times.

    Args:
        layers: Encoder layers.
        shape: Sequences and positions.
        rounds: Checks, each after a hand-written forward and backward.
    """
    _one_thread()
    check = extensions.load("gradcheck.checks", "gradient", "CHECK", Check)
    oracles = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
    check.examine(Context(case=_case(1, (1, 2))[0], profile=Profile.DEFAULT, oracles=oracles))
    before = resident.now()
    case, built_by, building = _case(layers, shape)
    x = next(iter(case.subject.primals.values()))
    parameters = sum(v.size for v in case.subject.primals.values()) - x.size
    unit = parameters * x.itemsize
    resident.restart()
    held = (resident.now() - before) / unit
    hand = by_hand(layers, x)
    rounds_of = [_round(hand, case, check, oracles) for _ in range(rounds)]
    last = rounds_of[-1].result
    judged = last.oracle == "traced_autograd" and last.outcome is Outcome.PASSED
    return Measured(
        shape=x.shape,
        parameters=parameters,
        compared=last.compared,
        entries=parameters + x.size,
        ratios=tuple(one.seconds / one.by_hand for one in rounds_of),
        passed=judged,
        calls=rounds_of[-1].calls,
        peak=held + max(one.peak for one in rounds_of) / unit,
        held=held,
        building=building / statistics.median(one.by_hand for one in rounds_of),
        built_by=built_by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """A hand-written forward and backward, a check after it, and what the check added to resident memory at most."""

    by_hand: float
    seconds: float
    peak: int
    calls: Counts
    result: CheckResult


def _round(hand: Callable[[], None], case: Case, check: Check, oracles: Mapping[str, Oracle]) -> _Round:
    calls = Counts()
    context = Context(case=counted(case, calls), profile=Profile.DEFAULT, oracles=oracles)
    by_hand = _seconds(hand)
    resident.restart()
    here = resident.now()
    start = time.process_time()
    result = check.examine(context)
    seconds = time.process_time() - start
    return _Round(by_hand=by_hand, seconds=seconds, peak=resident.peak() - here, calls=calls, result=result)


def by_hand(layers: int, x: np.ndarray) -> Callable[[], None]:
    """One forward and one backward of the same encoder, as its author calls them; both have run once."""
    encoder = Encoder(layers, D_MODEL, HEADS, D_FF)
    y_bar = np.ones_like(x)

    def once() -> None:
        encoder.forward(x)
        encoder.backward(y_bar)

    once()
    return once


def _case(layers: int, shape: tuple[int, int]) -> tuple[Case, Counts, float]:
    """The case, the forwards and backwards of building it, and the processor time that took."""
    calls = Counts()

    class Counted(Encoder):
        def forward(self, x: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
            calls.forwards += 1
            return super().forward(x, mask)

        def backward(self, y_bar: np.ndarray) -> np.ndarray:
            calls.backwards += 1
            return super().backward(y_bar)

    encoder = Counted(layers, D_MODEL, HEADS, D_FF)
    x = np.random.default_rng(0).standard_normal((*shape, D_MODEL))
    plan = Plan(identity="stack.py::Encoder", forward="forward", backward="backward", seed=0)
    start = time.process_time()
    case = build_given(encoder, given_inputs(encoder, "forward", (x,), {}), plan, "Encoder(...)")
    return case, dataclasses.replace(calls), time.process_time() - start


def _seconds(action: Callable[[], object]) -> float:
    """Processor time of one call: user and system, all threads."""
    start = time.process_time()
    action()
    return time.process_time() - start


def _one_thread() -> None:
    """The matrix library of NumPy is told by the environment; torch has a word of its own."""
    import torch

    torch.set_num_threads(1)
