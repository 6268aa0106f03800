"""Training and evaluation mode: the gradient in the other mode, and training that goes on after an evaluation."""

from __future__ import annotations

import dataclasses

import numpy as np

from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.states.modes import EVALUATION, TRAINING
from gradcheck.driving.comparing import same_value, wrong
from gradcheck.driving.earlier import agreeing
from gradcheck.driving.found import Found, failed
from gradcheck.driving.moments import called_once
from gradcheck.driving.stage import Stage
from gradcheck.driving.stepping import grew
from gradcheck.judging import locating
from gradcheck.judging.headlines import listed
from gradcheck.judging.judge import judge
from gradcheck.judging.probing import point_of
from gradcheck.types import Answer, Call, Context, Oracle, Outcome, Profile, Session


def between(stage: Stage) -> Found:
    """A step, a forward in the other mode, a step."""
    session = stage.drive()
    if session.switch is None:
        return Found()
    call = session.forward(stage.first.primals, stage.first.given, stage.first.draw)
    session.backward(call, stage.first.y_bar)
    session.switch()
    lengths = session.lengths()
    try:
        session.forward(stage.first.primals, stage.first.given, stage.second.draw)
        if grew(lengths, session.lengths()):
            # What it keeps of that forward waits for a backward.
            return Found()
        session.switch()
        call = session.forward(stage.second.primals, stage.second.given, stage.second.draw)
        if not same_value(stage.subject, stage.second.y, call.y):
            return Found(notes=("after a forward in the other mode forward answers otherwise",))
        answer = session.backward(call, stage.second.y_bar)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(notes=(f"switching between training and evaluation raises {one_line(error, '')}",))
    off = wrong(stage.second, answer, stage.subject)
    if off:
        return failed(
            f"after a forward in the other mode the gradient of {listed(off)} is wrong", off,
            len(stage.second.gradients), "expected: the same step without an evaluation before it",
        )  # fmt: skip
    return Found(compared=1 + len(stage.second.gradients), told="an evaluation between two steps")


def other_mode(stage: Stage, context: Context) -> Found:
    """The gradients in the other mode, where backward of a fresh layer runs there.

    A backward that raises there, or gives no number, was not written for that mode and is passed over.
    """
    session = stage.drive()
    if session.switch is None:
        return Found()
    mode = session.switch()
    try:
        call = session.forward(stage.first.primals, stage.first.given, 0)
        answer = session.backward(call, stage.first.y_bar)
        again = _in_mode(stage.drive()).forward(stage.first.primals, stage.first.given, 1)
    except Exception:  # noqa: BLE001 - it was not written for that mode
        return Found()
    if call.y.shape != stage.first.y.shape or not all(np.all(np.isfinite(g)) for g in answer.gradients.values()):
        return Found()
    random = mode == "evaluation" and not same_value(stage.subject, call.y, again.y)
    notes = ("in evaluation mode forward still draws random numbers",) if random else ()
    stale = Found() if random else _after_the_other(stage, mode, call, answer)
    if stale.failure:
        return dataclasses.replace(stale, notes=notes)
    if same_value(stage.subject, stage.first.y, call.y) and not wrong(stage.first, answer, stage.subject):
        return Found(compared=1 + len(stage.first.gradients), told=f"{mode} mode", notes=notes)
    oracle = next((one for one in context.oracles.values() if one.exact is None), None)
    if oracle is None or oracle.unavailable(stage.subject) is not None:
        return Found(notes=notes)
    return dataclasses.replace(_judged(stage, context, mode, oracle), notes=notes)


def _after_the_other(stage: Stage, mode: str, fresh: Call, expected: Answer) -> Found:
    """The same step of a layer that took one in the first mode before: its mask, or its statistics, are no longer so.

    Where forward answers otherwise after that step, as with running statistics, nothing is compared.
    """
    session = stage.drive()
    call = session.forward(stage.first.primals, stage.first.given, stage.second.draw)
    session.backward(call, stage.first.y_bar)
    if session.zero_gradients is not None:
        session.zero_gradients()
    session.switch()  # type: ignore[misc] # a layer with modes, as other_mode has seen
    try:
        call = session.forward(stage.first.primals, stage.first.given, 0)
        answer = session.backward(call, stage.first.y_bar)
    except Exception:  # noqa: BLE001 - a crash is no silently wrong gradient
        return Found()
    if not same_value(stage.subject, fresh.y, call.y):
        return Found()
    alone = dataclasses.replace(stage.first, y=fresh.y, gradients=expected.gradients)
    off = wrong(alone, answer, stage.subject)
    if not off:
        return Found()
    other = TRAINING if mode == EVALUATION else EVALUATION
    return failed(
        f"in {mode} mode after a step in {other} mode the gradient of {listed(off)} is wrong",
        off,
        len(alone.gradients),
        f"backward may go on with what a forward in {other} mode kept: a mask, statistics",
    )


def _judged(stage: Stage, context: Context, mode: str, oracle: Oracle) -> Found:
    subject = called_once(stage.subject, lambda: _in_mode(stage.drive()))
    point = point_of(subject, context.case.seed, Profile.FAST)
    names = agreeing(context, point.gradients[0])
    if not names:
        return Found()
    judgement = judge(point, names, oracle, context.case.seed, Profile.FAST)
    off = [q.name for q in judgement.quantities if q.outcome is Outcome.FAILED]
    if off:
        return Found(
            compared=judgement.compared,
            failure=f"in {mode} mode the gradient of `{off[0]}` is wrong",
            mismatches=locating.worst(judgement.located),
            hint=("backward may use the formula of the other mode",),
        )
    decided = all(q.outcome is Outcome.PASSED for q in judgement.quantities)
    return Found(compared=judgement.compared if decided else 0, told=f"{mode} mode" if decided else "")


def _in_mode(session: Session) -> Session:
    if session.switch is not None:
        session.switch()
    return session
