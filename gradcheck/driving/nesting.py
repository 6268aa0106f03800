"""Several forwards before a backward, a backward without a forward, a backward twice."""

from __future__ import annotations

import dataclasses

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.driving.comparing import Memory, differences, loudest_of, memory_of, same_value, wrong
from gradcheck.driving.found import Found, failed
from gradcheck.driving.moments import Moment, alone
from gradcheck.driving.stage import Stage
from gradcheck.driving.stepping import grew, scribble
from gradcheck.judging.headlines import listed
from gradcheck.types import Answer, Call, Session


def two_forwards(stage: Stage) -> Found:
    """Forward, forward, backward of the second; then backward of the first, which needs a cache for each call."""
    session, subject = stage.drive(), stage.subject
    before = session.lengths()
    first = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    between = session.lengths()
    second = session.forward(stage.second.primals, stage.second.given, stage.second.draw)
    per_call = grew(before, between) and grew(between, session.lengths())
    if not same_value(subject, stage.second.y, second.y):
        return Found()
    try:
        answer = session.backward(second, stage.second.y_bar)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(compared=1, warnings=(f"backward after two forwards raises {one_line(error, '')}",))
    off = wrong(stage.second, answer, subject)
    if off and per_call:
        return Found(compared=1, notes=("it keeps every forward until a backward: two forwards are two calls to it",))
    if off:
        told = " that of the first" if _is_first(stage, answer) else " wrong"
        return failed(
            f"after two forwards the gradient of {listed(off)} is{told}", off, 1 + len(stage.second.gradients),
            "expected: backward of the second forward; backward may use what the first one kept",
        )  # fmt: skip
    nested = _nested(stage, session, first)
    return dataclasses.replace(nested, compared=1 + len(stage.second.gradients) + nested.compared)


def _is_first(stage: Stage, answer: Answer) -> bool:
    """Whether a stale answer is what the first forward leads to."""
    try:
        stale = alone(stage.drive, stage.first.primals, lambda _: stage.second.y_bar, draw=stage.first.draw)
    except Exception:  # noqa: BLE001 - only the wording depends on it
        return False
    return not wrong(stale, answer, stage.subject)


def _nested(stage: Stage, session: Session, first: Call) -> Found:
    """The backward of the first forward, last: right where there is a cache for each call."""
    one_cache = Found(told="two forwards: one cache, that of the last")
    is_handed = session.is_handed
    try:
        answer = session.backward(first, stage.first.y_bar)
    except Exception:  # noqa: BLE001 - a cache that is used up or of another shape: nothing silent
        return one_cache
    subject, expected = stage.subject, stage.first
    off = wrong(expected, answer, subject)
    right = [name for name in expected.gradients if name not in off]
    # A gradient that does not depend on what is kept is right in any case: the last forward's must differ from it.
    apart = wrong(_of_the_last(stage), answer, subject) if right else {}
    telling = [name for name in right if name in apart]
    stale = [name for name in off if name not in apart]
    if telling and not off:
        told = "two forwards, two backwards: a cache for each call"
        return Found(compared=len(expected.gradients), told=told, warnings=_of_one_use(stage, answer))
    if off and is_handed:
        return failed(
            f"after two forwards, handed the cache of the first, backward gives a wrong gradient of {listed(off)}", off,
            len(expected.gradients), "what the first forward answered or keeps for it is overwritten by the second",
        )  # fmt: skip
    if not telling or not stale:
        return one_cache
    return Found(
        compared=len(expected.gradients),
        told=one_cache.told,
        notes=(
            f"of two forwards it keeps what `{telling[0]}` needs for both, and what `{stale[0]}` needs for the last",
        ),
    )


def _of_the_last(stage: Stage) -> Moment:
    """The second forward with the first's upstream gradient: what a backward answers that has only the last cache."""
    last, y_bar = stage.second, stage.first.y_bar
    return alone(stage.drive, last.primals, lambda _: y_bar, draw=last.draw, given=last.given)


def _of_one_use(stage: Stage, answer: Answer) -> tuple[str, ...]:
    """Said of a layer that can be used twice in one graph and whose second backward replaces the first's gradient."""
    memories = {name: memory_of(name, stage.first, answer, stage.subject) for name in answer.places & {*answer.held}}
    lost = [name for name, memory in memories.items() if memory is Memory.REPLACED]
    return (f"used twice in one graph, it keeps the gradient of `{lost[0]}` of one use only",) if lost else ()


def overwritten(stage: Stage) -> Found:
    """The caller writes into what forward was handed and returned before it calls backward: whether that is seen."""
    session, subject = stage.drive(), stage.subject
    call = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    for array in (call.output, *call.given.values()):
        scribble(session, array)
    try:
        off = wrong(stage.first, session.backward(call, stage.first.y_bar), subject)
    except Exception:  # noqa: BLE001 - what it reads no longer makes sense to it: nothing silent
        return Found(told="arrays overwritten before backward: it raises")
    reads = f"the gradient of {listed(off)} is read off the caller's" if off else "none is the caller's"
    return Found(told=f"arrays overwritten before backward: {reads}")


def reordered(stage: Stage) -> Found:
    """Backward handed the same upstream gradient column by column in memory, as a transposition leaves it."""
    session, subject, y_bar = stage.drive(), stage.subject, stage.first.y_bar
    turned = np.asfortranarray(y_bar)
    if turned.flags.c_contiguous:
        return Found()
    call = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    try:
        answer = session.backward(call, turned)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(
            warnings=(f"handed an upstream gradient that is transposed in memory it raises {one_line(error, '')}",)
        )
    off = wrong(stage.first, answer, subject)
    if off:
        return failed(
            f"for an upstream gradient that is transposed in memory that of {listed(off)} is wrong", off,
            len(stage.first.gradients), "expected: the same numbers row by row; backward may read memory as it lies",
        )  # fmt: skip
    return Found(compared=len(stage.first.gradients), told="an upstream gradient that is transposed in memory")


def unasked(stage: Stage) -> Found:
    """Backward before any forward: an error is right, an answer is none."""
    session = stage.drive()
    if session.backward_alone is None:
        return Found()
    try:
        answer = session.backward_alone(stage.first.y_bar)
    except Exception:  # noqa: BLE001 - an error is what a caller needs
        return Found(compared=1)
    given = {name for name, gradient in answer.gradients.items() if np.any(gradient)}
    off = [name for name in wrong(stage.first, answer, stage.subject) if name in given]
    notes = (f"backward before any forward answers with a gradient of `{off[0]}`",) if off else ()
    return Found(compared=1, notes=notes)


def twice(stage: Stage) -> Found:
    """Backward twice after one forward, which a layer that uses up its cache may refuse."""
    session, subject = stage.drive(), stage.subject
    if subject.updates_parameters:
        return Found()
    call = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    session.backward(call, stage.first.y_bar)
    try:
        again = session.backward(call, stage.first.y_bar)
    except Exception:  # noqa: BLE001 - a cache that is used up; nothing silent
        return Found(compared=1)
    off = wrong(stage.first, again, subject)
    if off and session.is_handed:
        return failed(
            f"a second backward of one cache gives a wrong gradient of {listed(off)}", off,
            len(stage.first.gradients), "the first backward writes into the cache or into what it was handed with it",
        )  # fmt: skip
    notes = (
        (f"a second backward of one forward gives another gradient of {listed(off)}: the first changes what is kept",)
        if off
        else ()
    )
    return Found(compared=len(stage.first.gradients), notes=notes)


def cleared(stage: Stage) -> Found:
    """The layer's own zero_grad between two steps: after it every gradient is that of the second step alone."""
    session, subject = stage.drive(), stage.subject
    if session.zero_gradients is None:
        return Found()
    before = session.lengths()
    call = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    session.backward(call, stage.first.y_bar)
    pending = {path: length for path, length in before.items() if length}
    if grew(pending, {path: length for path, length in session.lengths().items() if path in pending}):
        # It was copied with a call that waits for its backward: what is expected may be the answer to that one.
        return Found()
    try:
        session.zero_gradients()
    except Exception as error:  # noqa: BLE001 - it is told
        return Found(warnings=(f"clearing the gradients raises {one_line(error, '')}",))
    call = session.forward(stage.second.primals, stage.second.given, stage.second.draw)
    if not same_value(subject, stage.second.y, call.y):
        return Found()
    try:
        answer = session.backward(call, stage.second.y_bar)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(compared=1, warnings=(f"backward after clearing the gradients raises {one_line(error, '')}",))
    loudest = loudest_of(stage.second)
    off = {
        name: found
        for name, expected in stage.second.gradients.items()
        if name in answer.places
        and (found := differences(name, expected, answer.gradients.get(name, expected), subject, loudest))
    }
    if off:
        return failed(
            f"clearing the gradients leaves that of {listed(off)}", off, len(stage.second.gradients),
            "expected: the gradient of the step after; actual: with what the step before left",
        )  # fmt: skip
    return Found(compared=len(stage.second.gradients), told="gradients cleared between two steps")
