"""Same call, same answer; what the call changes that is not its own is noted."""

from __future__ import annotations

import numpy as np

from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import comparable, draw_cotangents
from gradcheck.numerics import compare, steps, tolerance
from gradcheck.types import Array, Check, CheckResult, Context, Mismatch, Outcome, Role, Subject


def examine(context: Context) -> CheckResult:
    """Run forward and backward twice from the same state and seed, and compare everything."""
    subject, name = context.case.subject, short_name(context)
    y, vjp = subject.value_and_vjp(subject.primals)
    again, vjp_again = subject.value_and_vjp(subject.primals)
    found = _differences("output", y, again)
    compared = 1
    if found or y.shape != again.shape:
        headline = f"{name}: forward gives two answers to the same call"
        hint = "something outside the layer decides: a global, a class attribute, the clock, an unseeded generator"
        return result(
            context, "determinism", Outcome.FAILED, headline, compared=compared, mismatches=found, hint=(hint,)
        )
    y_bar = draw_cotangents(subject, y, context.case.seed, context.profile)[0]
    try:
        pullbacks = [vjp(y_bar), vjp_again(y_bar)]
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        headline = f"{name}: forward repeats; backward raises {type(error).__name__}, see contract"
        return result(context, "determinism", Outcome.PASSED, headline, compared=compared)
    first, second = (comparable(pullback, subject) for pullback in pullbacks)
    for gradient in first:
        if gradient not in second:
            continue
        compared += 1
        found = _differences(gradient, first[gradient], second[gradient])
        if found:
            headline = f"{name}: backward gives two gradients of `{gradient}` to the same call"
            hint = "backward may add to a gradient that outlives the layer's copy, or read a global it writes"
            return result(
                context, "determinism", Outcome.FAILED, headline, compared=compared, mismatches=found, hint=(hint,)
            )
    headline = f"{name}: same call, same answer"
    warnings = _changes(subject, pullbacks[0].changed)
    return result(context, "determinism", Outcome.PASSED, headline, compared=compared, warnings=warnings)


def _differences(name: str, expected: Array, actual: Array) -> tuple[Mismatch, ...]:
    if expected.shape != actual.shape:
        return ()
    # Not bit for bit: a matrix product may round differently in memory that is aligned differently.
    scale = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    allowed = np.full(expected.size, tolerance.BACKWARD_ROUNDINGS * steps.EPSILON * scale)
    same = (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    expected, actual = np.where(same, 0.0, expected), np.where(same, 0.0, actual)
    indices = np.arange(expected.size)
    return compare.mismatches(name, expected.shape, indices, expected.ravel(), actual.ravel(), allowed)


def _changes(subject: Subject, changed: tuple[str, ...]) -> list[str]:
    told = []
    for name in changed:
        if subject.roles.get(name) is Role.PARAMETER:
            if not subject.updates_parameters:
                told.append(f"`{name}` is another after backward than before")
        else:
            what = name if name not in subject.roles else f"its input `{name}`"
            told.append(f"the call writes into {what}; a caller that uses it again gets something else")
    return told


CHECK = Check(
    name="determinism",
    summary="same call, same answer; inputs, parameters and upstream gradient unchanged",
    examine=examine,
)
