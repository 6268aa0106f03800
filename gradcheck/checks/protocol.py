"""How layers are really driven: step after step, in turns, on batches of other sizes, in both modes.

Every sequence of calls on one live layer is compared with the same call on a layer that is called once. Where
forward itself answers otherwise, the layer has a state of its own (a hidden state, a counter) and nothing is
compared. A crash is told and does not fail: it is seen by whoever drives the layer so.

A failure is a wrong gradient that nobody is told of:
- in a second step, whether gradients are overwritten or added to; in one after the caller reused its arrays;
- after two forwards, of the second; after a forward in the other mode; for a batch of another size;
- with another instance called in between; of a layer loaded from a pickle; in the other mode, if it runs there;
and an array of a step (forward's answer, an input's gradient) that the next step overwrites in the caller's hands;
gradients of which some are added to and others overwritten; gradients that zero_grad leaves.

Nothing wrong, and told at most: one cache, that of the last forward, the common case; a cache that backward uses up;
calls kept in a list until the layer is told to forget them (only zero_grad between two steps is then looked at);
an error of a backward before any forward (an answer there is a note); a cache that holds the caller's own arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.driving import copying, modes, nesting, stepping
from gradcheck.driving.earlier import nothing_to_compare_with
from gradcheck.driving.found import Found
from gradcheck.driving.moments import upstream_of
from gradcheck.driving.rows import rows_of
from gradcheck.driving.stage import Stage, staged
from gradcheck.judging.outcome import result, short_name
from gradcheck.types import Check, CheckResult, Context, Outcome, Profile

NAME = "protocol"
#: Checks after whose failure there is no right answer to compare with.
FIRST = ("gradient", "determinism")


def examine(context: Context) -> CheckResult:
    """Drive the layer through every sequence; the first wrong gradient is the headline."""
    drive = context.case.subject.drive
    if drive is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "there is no layer that could be called several times")
    check = nothing_to_compare_with(context, FIRST)
    if check:
        return result(context, NAME, Outcome.NOT_APPLICABLE, f"nothing to compare with; see {check}")
    try:
        stage = staged(context, drive)
    except Exception as error:  # noqa: BLE001 - the user's layer may raise anything; the contract check reports it
        reason = f"driven once it raises {type(error).__name__}; see contract"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason)
    if not stage.first.gradients or not np.all(np.isfinite(stage.first.y)):
        return result(context, NAME, Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    return _verdict(context, _driven(context, stage))


def _driven(context: Context, stage: Stage) -> Iterator[Found]:
    first = _attempted(lambda: stepping.steps(stage))
    yield first
    if not first.compared:
        yield _attempted(lambda: nesting.cleared(stage))
        return
    if first.failure:
        return
    for sequence in _sequences(context, stage):
        found = _attempted(sequence)
        yield found
        if found.failure:
            return


def _attempted(sequence: Callable[[], Found]) -> Found:
    try:
        return sequence()
    except Exception as error:  # noqa: BLE001 - a layer driven as it is not meant to be may raise anything; it is told
        return Found(notes=(f"driven otherwise than once it raises {one_line(error, '')}",))


def _sequences(context: Context, stage: Stage) -> list[Callable[[], Found]]:
    """The sequences that this profile affords, the most telling first."""
    few: list[Callable[[], Found]] = [lambda: nesting.two_forwards(stage)]
    if context.profile is Profile.FAST:
        return few
    return [
        *few,
        lambda: nesting.cleared(stage),
        lambda: nesting.reordered(stage),
        lambda: copying.instances(stage, context.case.another),
        lambda: _batches(context, stage),
        lambda: modes.between(stage),
        lambda: modes.other_mode(stage, context),
        lambda: copying.duplicated(stage),
        lambda: nesting.twice(stage),
        lambda: nesting.unasked(stage),
        lambda: nesting.overwritten(stage),
    ]


def _batches(context: Context, stage: Stage) -> Found:
    rows = rows_of(context.case)
    smaller = rows.moment(range(rows.count - 1), upstream_of(context, "cotangent 2")) if rows else None
    return copying.batches(stage, smaller)


def _verdict(context: Context, sequences: Iterator[Found]) -> CheckResult:
    found = list(sequences)
    layer = short_name(context)
    compared = sum(one.compared for one in found)
    notes = [note for one in found for note in one.notes]
    warnings = [warning for one in found for warning in one.warnings]
    failure = next((one for one in found if one.failure), None)
    if failure is not None:
        return result(
            context, NAME, Outcome.FAILED, f"{layer}: {failure.failure}", compared=compared,
            mismatches=failure.mismatches, notes=notes, warnings=warnings, hint=failure.hint,
        )  # fmt: skip
    told = [one.told for one in found if one.told]
    if not any(one.told and one.compared for one in found):
        reason = next(iter([*notes, *warnings]), "it cannot be driven twice")
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason, notes=notes, warnings=warnings)
    ways = sum(1 for one in found if one.told and one.compared)
    headline = f"{layer}: driven in {ways} ways, the same gradients"
    return result(
        context, NAME, Outcome.PASSED, headline, compared=compared, table=told, notes=notes, warnings=warnings
    )  # fmt: skip


CHECK = Check(
    name=NAME,
    summary="the gradients of one call stay right over several: second steps, other batches, copies, both modes",
    examine=examine,
)
