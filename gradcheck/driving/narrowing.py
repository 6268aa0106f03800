"""The layer in float32, against the same code in float64 on the same numbers.

What float32 may be off by is measured: one unit in the last place of every input, parameter and upstream gradient,
sent through the float64 code, moves each gradient by its conditioning. With the roundings of a backward pass, e the
epsilon of float32 and D that movement,

    |g32 - g64| <= 64 (max |D| + e max(|g|, |upstream|))

Half of float32's digits must be gone as well before anything fails, at two points; anything less is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.driving.found import Found
from gradcheck.driving.moments import Moment, alone, elsewhere
from gradcheck.numerics import compare, sampling, tolerance
from gradcheck.types import Array, Call, Context, Mismatch, Primals, Session

#: Epsilon of float32, 1.2e-7.
EPSILON = float(np.finfo(np.float32).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """How far one gradient is off in float32.

    Attributes:
        digits: Decimal digits lost beyond rounding.
        gross: Whether half of float32's digits are gone.
        mismatches: Where, worst first.
    """

    digits: float
    gross: bool
    mismatches: tuple[Mismatch, ...]


def in_float32(context: Context, drive: Callable[[], Session]) -> Found:
    """Run the layer in float32 and compare its gradients with those of the float64 run.

    Raises:
        Exception: What forward or backward raises in float64.
    """
    narrow = _narrow(context, drive, context.case.subject.primals)
    if narrow is None:
        return Found()
    call, gradients, y_bar, primals = narrow
    if call.output.dtype != np.float32:
        return Found(told=f"float32: forward answers in {call.output.dtype}")
    losses, compared = _losses(context, drive, call, gradients, y_bar, primals)
    wide = [name for name, g in gradients.items() if g.dtype.itemsize > np.dtype(np.float32).itemsize]
    told = "float32" + (f"; backward answers in {gradients[wide[0]].dtype} for `{wide[0]}`" if wide else "")
    gross = {name: loss for name, loss in losses.items() if loss.gross}
    if gross and _again(context, drive, set(gross)):
        name, loss = next(iter(gross.items()))
        return Found(
            compared=compared,
            failure=f"in float32 the gradient of `{name}` is wrong",
            mismatches=loss.mismatches,
            hint=("expected: the same code in float64 on the same numbers; its inputs' last place explains less",),
        )
    warnings = [
        f"in float32 the gradient of `{name}` loses {loss.digits:.0f} digits beyond rounding"
        for name, loss in losses.items()
    ]
    return Found(compared=compared, told=told, warnings=tuple(warnings))


def _narrow(
    context: Context, drive: Callable[[], Session], at: Primals
) -> tuple[Call, Mapping[str, Array], Array, Primals] | None:
    """The run in float32; None where the layer does not take it."""
    primals = {name: x.astype(np.float32) for name, x in at.items()}
    session = drive()
    session.narrow(np.float32)
    try:
        call = session.forward(primals, _narrowed(context.case.given), 0)
        y_bar = sampling.gaussian(sampling.generator(context.case.seed, "float32"), call.y.shape).astype(np.float32)
        answer = session.backward(call, y_bar)
    except Exception:  # noqa: BLE001 - the user's layer may refuse float32; it is asked in float64 everywhere else
        return None
    finite = np.all(np.isfinite(call.y)) and all(np.all(np.isfinite(g)) for g in answer.gradients.values())
    gradients = {
        n: g - answer.held[n] if n in answer.added and n in answer.held else g for n, g in answer.gradients.items()
    }
    return (call, gradients, y_bar, primals) if finite else None


def _narrowed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astype(np.float32)
        for name, value in given.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float64
    }


def _losses(
    context: Context,
    drive: Callable[[], Session],
    call: Call,
    gradients: Mapping[str, Array],
    y_bar: Array,
    primals: Primals,
) -> tuple[dict[str, Loss], int]:
    """The gradients that are off by more than rounding and conditioning explain, and how many were compared."""
    wide = {name: x.astype(np.float64) for name, x in primals.items()}
    given = {name: value.astype(np.float64) for name, value in _narrowed(context.case.given).items()}
    upstream = y_bar.astype(np.float64)
    exact = alone(drive, wide, lambda _: upstream, given=given)
    rng = sampling.generator(context.case.seed, "last place")
    moved = {name: _nudged(x, rng) for name, x in wide.items()}
    there = alone(drive, moved, lambda _: _nudged(upstream, rng), given=given)
    if _forward_is_off(exact, there, call):
        return {}, 0
    found = {}
    names = [n for n, g in exact.gradients.items() if n in gradients and gradients[n].shape == g.shape]
    for name in names:
        loss = _loss(name, exact, there, gradients[name])
        if loss is not None:
            found[name] = loss
    return found, len(names)


def _nudged(x: Array, rng: np.random.Generator) -> Array:
    return np.asarray(x * (1.0 + EPSILON * np.sign(rng.standard_normal(x.shape))))


def _forward_is_off(exact: Moment, there: Moment, call: Call) -> bool:
    """Whether forward itself is another function in float32: its gradient is then that function's."""
    if exact.y.shape != call.y.shape or not np.all(np.isfinite(exact.y)):
        return True
    spread, largest = _largest(there.y - exact.y), _largest(exact.y)
    return _largest(call.y - exact.y) > tolerance.BACKWARD_ROUNDINGS * (spread + EPSILON * largest)


def _loss(name: str, exact: Moment, there: Moment, actual: Array) -> Loss | None:
    expected = exact.gradients[name]
    spread, largest = _largest(there.gradients[name] - expected), _largest(expected)
    rounding = EPSILON * max(largest, _largest(exact.y_bar))
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
        gross=off > math.sqrt(EPSILON) * max(largest, spread / EPSILON),
        mismatches=mismatches,
    )


def _again(context: Context, drive: Callable[[], Session], names: set[str]) -> bool:
    """Whether the same gradients are wrong at another point: a kink that rounding crosses is not met twice."""
    narrow = _narrow(context, drive, elsewhere(context.case.subject))
    if narrow is None:
        return False
    losses, _ = _losses(context, drive, *narrow)
    return any(losses[name].gross for name in names if name in losses)


def _largest(values: Array) -> float:
    return float(np.max(np.abs(values), initial=0.0))
