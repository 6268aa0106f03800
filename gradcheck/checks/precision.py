"""The layer in float32 and float16, and at the edge of its domain.

In float32 every gradient lies within what rounding and the conditioning of the float64 code allow
(driving/narrowing.py). A gradient that half of float32's digits are missing from fails, at two points; one that
loses fewer is told with the number of digits, and so is float16. A thorough run adds inputs with a large offset and
sums of many rows. Forward that is itself another function in float32 is not compared.

For inputs of 1e4 a gradient that is not finite where forward is fails, at two points (driving/extremes.py). At
zeros, rows of equal entries and masks that hide everything it is told: the derivative may be infinite there. Where
forward is not finite nothing is asked of backward.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.driving.earlier import nothing_to_compare_with
from gradcheck.driving.extremes import at_extremes
from gradcheck.driving.found import Found
from gradcheck.driving.narrowing import Narrow, compared_with_float64, has_float64_run
from gradcheck.driving.straining import strained
from gradcheck.judging.outcome import result, short_name
from gradcheck.types import Check, CheckResult, Context, Outcome, Profile, Session

NAME = "precision"


def examine(context: Context) -> CheckResult:
    """Compare float32 with float64, then go to extremes; the first failure is the headline."""
    subject, layer = context.case.subject, short_name(context)
    if subject.drive is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "there is no layer that could be asked in float32")
    if nothing_to_compare_with(context, ["gradient"]):
        return result(context, NAME, Outcome.NOT_APPLICABLE, "nothing to compare with; see gradient")
    try:
        found = list(_found(context, subject.drive))
    except Exception as error:  # noqa: BLE001 - the user's layer may raise anything; the contract check reports it
        reason = f"it raises {type(error).__name__}; see contract"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason)
    compared = sum(one.compared for one in found)
    notes = [note for one in found for note in one.notes]
    warnings = [warning for one in found for warning in one.warnings]
    told = [one.told for one in found if one.told]
    failure = next((one for one in found if one.failure), None)
    if failure is not None:
        return result(
            context, NAME, Outcome.FAILED, f"{layer}: {failure.failure}", compared=compared,
            mismatches=failure.mismatches, table=told, notes=notes, warnings=warnings, hint=failure.hint,
        )  # fmt: skip
    if not compared:
        reason = "neither float32 nor extreme inputs could be compared"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason, notes=notes, warnings=warnings)
    headline = f"{layer}: gradients hold in float32 and at extremes, as far as forward does"
    return result(
        context, NAME, Outcome.PASSED, headline, compared=compared, table=told, notes=notes, warnings=warnings
    )  # fmt: skip


def _found(context: Context, drive: Callable[[], Session]) -> Iterator[Found]:
    subject = context.case.subject
    if has_float64_run(subject):
        narrow = Narrow(context=context, drive=drive, dtype=np.float32, primals=subject.primals)
        yield compared_with_float64(narrow, may_fail=True)
        if context.profile is not Profile.FAST:
            yield compared_with_float64(dataclasses.replace(narrow, dtype=np.float16), may_fail=False)
        if context.profile is Profile.THOROUGH:
            yield from strained(context, drive, np.float32)
    if context.profile is not Profile.FAST:
        yield from at_extremes(context, drive)


CHECK = Check(
    name=NAME,
    summary="gradients hold in float32 and for extreme inputs as far as forward does",
    examine=examine,
)
