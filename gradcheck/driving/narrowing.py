"""The layer in float32 and in float16, against the same code in float64 on the same numbers.

What a narrow dtype may be off by is measured: one unit in its last place of every input, parameter and upstream
gradient, sent through the float64 code, moves each gradient by its conditioning. With the roundings of a backward
pass, e the epsilon of the dtype, g the gradient in it and D that movement,

    |g - g64| <= 64 (max |D| + e max(|g|, |upstream|))

Half of float32's digits must be gone as well before anything fails, those of the largest gradient for one that cancels
to nothing, at two points; anything less is told, and so is everything in float16, which few layers are written for.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.driving.found import Found
from gradcheck.driving.moments import Moment, alone, elsewhere
from gradcheck.numerics import compare, sampling, steps, tolerance
from gradcheck.types import Array, Call, Context, Mismatch, Primals, Session, Subject

#: An error of this many epsilons of float16, or of a tenth of one, is what a detour through float16 leaves.
HALF_LIKE = (0.1, 4.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """Where a layer is run in a narrow dtype.

    Attributes:
        context: The case.
        drive: Opens a session.
        dtype: The dtype, as NumPy's scalar type.
        primals: Inputs and parameters.
        given: Other arguments of forward that differ from the case's.
        told: What is special about the point, as " of ...", "" where nothing is.
    """

    context: Context
    drive: Callable[[], Session]
    dtype: Any
    primals: Primals
    given: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""

    @property
    def name(self) -> str:
        """The dtype's name."""
        return str(np.dtype(self.dtype))

    @property
    def epsilon(self) -> float:
        """Epsilon of the dtype: 1.2e-7 for float32, 9.8e-4 for float16."""
        return float(np.finfo(self.dtype).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """How far one gradient is off in a narrow dtype.

    Attributes:
        digits: Decimal digits lost beyond rounding.
        gross: Whether half of the dtype's digits are gone.
        is_half: Whether about as many are left as float16 has.
        mismatches: Where, worst first.
    """

    digits: float
    gross: bool
    is_half: bool
    mismatches: tuple[Mismatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run in the narrow dtype: the call, its gradients, what it was handed."""

    call: Call
    gradients: Mapping[str, Array]
    y_bar: Array
    primals: Primals
    given: Mapping[str, Any]


def has_float64_run(subject: Subject) -> bool:
    """Whether there is a float64 run to compare with.

    A layer of float32 is judged in float32 everywhere; one that rounds inside has none.
    """
    native = {dtype for dtype in subject.native.values() if dtype.kind == "f"}
    return native <= {np.dtype(np.float64)} and max(subject.precision, subject.noise) <= steps.NOISY


def compared_with_float64(narrow: Narrow, *, may_fail: bool) -> Found:
    """Run the layer in a narrow dtype and compare its gradients with those of the float64 run.

    Args:
        narrow: Where.
        may_fail: Whether half of the digits gone at two points are a failure.

    Raises:
        Exception: What forward or backward raises in float64.
    """
    run = _run(narrow)
    if run is None:
        return Found()
    if run.call.output.dtype != narrow.dtype:
        return Found(told=f"{narrow.name}: forward answers in {run.call.output.dtype}")
    losses, compared = _losses(narrow, run)
    if not compared:
        return Found()
    wide = [name for name, g in run.gradients.items() if g.dtype.itemsize > np.dtype(narrow.dtype).itemsize]
    told = f"{narrow.name}{narrow.told}"
    told += f"; backward answers in {run.gradients[wide[0]].dtype} for `{wide[0]}`" if wide else ""
    gross = {name: loss for name, loss in losses.items() if loss.gross}
    if may_fail and gross and _again(narrow, set(gross)):
        name, loss = next(iter(gross.items()))
        return Found(
            compared=compared,
            failure=f"in {narrow.name} the gradient of `{name}` is wrong",
            mismatches=loss.mismatches,
            hint=("expected: the same code in float64 on the same numbers; its inputs' last place explains less",),
        )
    warnings = [
        f"in {narrow.name}{narrow.told} the gradient of `{name}` loses {loss.digits:.0f} digits beyond rounding"
        + ("; a detour through float16 would" if loss.is_half and narrow.dtype is not np.float16 else "")
        for name, loss in losses.items()
    ]
    return Found(compared=compared, told=told, warnings=tuple(warnings))


def _run(narrow: Narrow) -> _Run | None:
    """The run in the narrow dtype; None where the layer does not take it."""
    with np.errstate(over="ignore"):
        primals = {name: x.astype(narrow.dtype) for name, x in narrow.primals.items()}
        given = _narrowed({**narrow.context.case.given, **narrow.given}, narrow.dtype)
    session = narrow.drive()
    session.narrow(narrow.dtype)
    try:
        call = session.forward(primals, {**narrow.given, **given}, 0)
        rng = sampling.generator(narrow.context.case.seed, narrow.name)
        y_bar = sampling.gaussian(rng, call.y.shape).astype(narrow.dtype)
        answer = session.backward(call, y_bar)
    except Exception:  # noqa: BLE001 - the user's layer may refuse the dtype; it is asked in float64 everywhere else
        return None
    gradients = {
        n: g - answer.held[n] if n in answer.added and n in answer.held else g for n, g in answer.gradients.items()
    }
    finite = np.all(np.isfinite(call.y)) and all(np.all(np.isfinite(g)) for g in gradients.values())
    return _Run(call=call, gradients=gradients, y_bar=y_bar, primals=primals, given=given) if finite else None


def _narrowed(given: Mapping[str, Any], dtype: Any) -> dict[str, Any]:
    return {
        name: value.astype(dtype)
        for name, value in given.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64
    }


def _losses(narrow: Narrow, run: _Run) -> tuple[dict[str, Loss], int]:
    """The gradients that are off by more than rounding and conditioning explain, and how many were compared."""
    wide = {name: x.astype(np.float64) for name, x in run.primals.items()}
    given = {**narrow.given, **{name: value.astype(np.float64) for name, value in run.given.items()}}
    upstream = run.y_bar.astype(np.float64)
    exact = alone(narrow.drive, wide, lambda _: upstream, given=given)
    rng = sampling.generator(narrow.context.case.seed, "last place")
    moved = {name: _nudged(x, rng, narrow.epsilon) for name, x in wide.items()}
    there = alone(narrow.drive, moved, lambda _: _nudged(upstream, rng, narrow.epsilon), given=given)
    if _forward_is_off(exact, there, run.call, narrow.epsilon):
        return {}, 0
    names = [n for n, g in exact.gradients.items() if n in run.gradients and run.gradients[n].shape == g.shape]
    # What a gradient is worth along its primal; one that cancels to nothing carries the rounding of its neighbours.
    worth = max((_largest(exact.gradients[name]) * steps.magnitude(wide[name]) for name in names), default=0.0)
    found = {
        name: _loss(
            name, exact, there, run.gradients[name], narrow.epsilon, neighbours=worth / steps.magnitude(wide[name])
        )
        for name in names
    }
    return {name: loss for name, loss in found.items() if loss is not None}, len(names)


def _nudged(x: Array, rng: np.random.Generator, epsilon: float) -> Array:
    return np.asarray(x * (1.0 + epsilon * np.sign(rng.standard_normal(x.shape))))


def _forward_is_off(exact: Moment, there: Moment, call: Call, epsilon: float) -> bool:
    """Whether forward itself is another function in the narrow dtype: its gradient is then that function's."""
    if exact.y.shape != call.y.shape or not np.all(np.isfinite(exact.y)):
        return True
    spread, largest = _largest(there.y - exact.y), _largest(exact.y)
    return _largest(call.y - exact.y) > tolerance.BACKWARD_ROUNDINGS * (spread + epsilon * largest)


def _loss(name: str, exact: Moment, there: Moment, actual: Array, epsilon: float, *, neighbours: float) -> Loss | None:
    expected = exact.gradients[name]
    spread, largest = _largest(there.gradients[name] - expected), _largest(expected)
    rounding = epsilon * max(largest, _largest(exact.y_bar))
    allowed = tolerance.BACKWARD_ROUNDINGS * (spread + rounding)
    off = _largest(actual.astype(np.float64) - expected)
    if not off > allowed:
        return None
    indices = np.arange(expected.size)
    mismatches = compare.mismatches(
        name, expected.shape, indices, expected.ravel(), actual.astype(np.float64).ravel(), np.asarray(allowed)
    )
    return Loss(
        digits=math.log10(off / (spread + rounding)),
        gross=off > math.sqrt(epsilon) * max(largest, spread / epsilon, neighbours),
        is_half=HALF_LIKE[0] < off / (largest * float(np.finfo(np.float16).eps)) < HALF_LIKE[1] if largest else False,
        mismatches=mismatches,
    )


def _again(narrow: Narrow, names: set[str]) -> bool:
    """Whether the same gradients are wrong at another point: a kink that rounding crosses is not met twice."""
    there = dataclasses.replace(narrow, primals=elsewhere(narrow.context.case.subject), given={})
    run = _run(there)
    losses = _losses(there, run)[0] if run is not None else {}
    return any(losses[name].gross for name in names if name in losses)


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values), initial=0.0))
