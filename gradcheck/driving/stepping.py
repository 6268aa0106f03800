"""Step after step: what a second and a third step of training find of the steps before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.cases.declaring.expectations import REUSED
from gradcheck.cases.importing.reasons import one_line
from gradcheck.driving.comparing import Memory, differences, memory_of, same_value, wrong
from gradcheck.driving.found import Found, failed
from gradcheck.driving.moments import Moment
from gradcheck.driving.stage import Stage
from gradcheck.judging.headlines import listed
from gradcheck.types import Answer, Array, Call, Mismatch, Role, Session, Subject

#: What arrays of earlier steps are overwritten with: far from anything a layer holds, and finite.
SCRIBBLE = 7.0e5

COLLECTING = "it keeps every call in a list that grows from step to step; what follows a step is not compared"
STATEFUL = "forward's answer depends on earlier calls; gradients after them are not compared"


def steps(stage: Stage) -> Found:
    """Forward, backward, forward, backward; then once more after all arrays of the caller's were overwritten."""
    session = stage.drive()
    subject = stage.subject
    lengths = session.lengths()
    first, one = _step(session, stage.first)
    if grew(lengths, session.lengths()) and _collects(stage):
        return Found(notes=(COLLECTING,))
    kept = _kept(session, first, one)
    try:
        second = session.forward(stage.second.primals, stage.second.given, stage.second.draw)
    except Exception as error:  # noqa: BLE001 - some layers are made for one call; that is no wrong gradient
        return Found(notes=(f"a second forward raises {one_line(error, '')}; it is driven once only",))
    if not same_value(subject, stage.second.y, second.y):
        return Found(notes=(STATEFUL,))
    try:
        two = session.backward(second, stage.second.y_bar)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(compared=1, warnings=(f"backward of a second step raises {one_line(error, '')}",))
    compared = 1 + len(stage.second.gradients)
    off = wrong(stage.second, two, subject)
    if off:
        return failed(
            f"in a second step the gradient of {listed(off)} is wrong", off, compared,
            "expected: a layer that is called once; actual: the same call after a step on another batch",
            "backward may use what an earlier forward kept, or add to a buffer that it never clears",
        )  # fmt: skip
    mixed = _mixed(stage.second, two, subject, session)
    if mixed is not None and mixed.failure:
        return mixed
    changed = None if stage.reuses else _changed(kept, stage.layer)
    compared += 0 if stage.reuses else len(kept)
    if changed is not None:
        return changed
    shares = [f"forward returns memory of its parameter `{name}`" for name in session.shared(first.output)]
    told = f"a second step: {memory_told(stage.second, two, subject)}"
    later = _overwritten(stage, session, [(first, one), (second, two)])
    return Found(
        compared=compared + later.compared,
        told=told,
        failure=later.failure,
        mismatches=later.mismatches,
        hint=later.hint,
        notes=(*shares, *(mixed.notes if mixed else ()), *later.notes),
        warnings=(*(mixed.warnings if mixed else ()), *later.warnings),
    )


def grew(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Whether a list of the layer is longer than it was."""
    return any(length > before.get(path, 0) for path, length in after.items())


def memory_told(moment: Moment, answer: Answer, subject: Subject) -> str:
    """What the second step shows of how gradients are kept."""
    found = {memory_of(name, moment, answer, subject) for name in _kept_parameters(moment, answer, subject)}
    if Memory.ADDED in found:
        return "gradients are added to"
    return "gradients are overwritten" if Memory.REPLACED in found else "gradients are its own"


def _collects(stage: Stage) -> bool:
    """Whether lists that the first step filled grow once more in a second one."""
    session = stage.drive()
    _step(session, stage.first)
    filled = session.lengths()
    try:
        _step(session, stage.second)
    except Exception:  # noqa: BLE001 - what a second step raises is told where it is driven for its gradients
        return grew(filled, session.lengths())
    return grew(filled, session.lengths())


def _step(session: Session, moment: Moment) -> tuple[Call, Answer]:
    call = session.forward(moment.primals, moment.given, moment.draw)
    return call, session.backward(call, moment.y_bar)


def _kept_parameters(moment: Moment, answer: Answer, subject: Subject) -> list[str]:
    kept = [name for name in moment.gradients if name in answer.places and name in answer.gradients]
    return [name for name in kept if subject.roles[name] is Role.PARAMETER]


def _mixed(moment: Moment, answer: Answer, subject: Subject, session: Session) -> Found | None:
    """What to say where some parameters' gradients are added to and others are overwritten.

    A failure, unless a method of the layer clears just those that are added to, or they belong to different layers
    within this one: each may then have its own way of being cleared.
    """
    memories = {name: memory_of(name, moment, answer, subject) for name in _kept_parameters(moment, answer, subject)}
    added = [name for name, memory in memories.items() if memory is Memory.ADDED]
    replaced = [name for name, memory in memories.items() if memory is Memory.REPLACED]
    if not added or not replaced:
        return None
    parts = session.parts()
    together = [(one, other) for one in added for other in replaced if parts.get(one) == parts.get(other)]
    one, other = (together or [(added[0], replaced[0])])[0]
    told = f"the gradient of `{one}` is added to, that of `{other}` is overwritten"
    clearing = [
        name for name, gone in session.emptied().items() if gone.issuperset(added) and gone.isdisjoint(replaced)
    ]
    if clearing:
        return Found(notes=(f"{told}, and `{clearing[0]}` clears the former alone",))
    if not together:
        return Found(warnings=(told,))
    return Found(
        compared=len(memories),
        failure=told,
        hint=("with or without clearing between steps one of the two is wrong when gradients are accumulated",),
    )


def _kept(session: Session, call: Call, answer: Answer) -> list[tuple[str, Array, Array]]:
    """Arrays that a caller keeps of a step, with what they held: forward's answer, backward's input gradients."""
    arrays = [("forward's answer", call.output), *((f"the gradient of `{n}`", g) for n, g in answer.returned.items())]
    return [(told, array, array.copy()) for told, array in arrays if array.size and not session.shared(array)]


def _changed(kept: Sequence[tuple[str, Array, Array]], layer: str) -> Found | None:
    for told, array, before in kept:
        if not np.array_equal(array, before, equal_nan=True):
            where = np.flatnonzero(array.ravel() != before.ravel())[:1]
            worst = tuple(
                Mismatch(
                    where=f"entry {int(i)}", expected=float(before.flat[i]), actual=float(array.flat[i]), allowed=0.0
                )
                for i in where
            )
            return Found(
                compared=len(kept),
                failure=f"{told} of one step is overwritten by the next",
                mismatches=worst,
                hint=(
                    f'it is the layer\'s own buffer: return a copy; or, where callers are told, expect = "{REUSED}"',
                    f'in pyproject.toml: [tool.gradcheck.layers."{layer}"], checks.protocol.expect = "{REUSED}"',
                ),
            )
    return None


def _overwritten(stage: Stage, session: Session, done: Sequence[tuple[Call, Answer]]) -> Found:
    """A third step, with other parameters, after the arrays of the first two were overwritten."""
    for call, answer in done:
        for array in (call.output, answer.upstream, *answer.returned.values(), *call.given.values()):
            scribble(session, array)
    subject, moment = stage.subject, stage.stepped
    try:
        call, answer = _step(session, moment)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(warnings=(f"a third step raises {one_line(error, '')}",))
    if not same_value(subject, moment.y, call.y):
        return _stale_weights(stage)
    off = wrong(moment, answer, subject)
    if off:
        told = "after the parameters changed" if _wrong_untouched(stage) else "after the caller reused its arrays"
        return failed(
            f"in a step {told} the gradient of {listed(off)} is wrong",
            off,
            len(moment.gradients),
            "before it the arrays handed to the layer and returned by it were overwritten, and the parameters changed",
        )
    return Found(compared=1 + len(moment.gradients))


def _wrong_untouched(stage: Stage) -> bool:
    """Whether the third step is wrong as well where the caller overwrites nothing."""
    session = stage.drive()
    _step(session, stage.first)
    _, answer = _step(session, stage.stepped)
    return bool(wrong(stage.stepped, answer, stage.subject))


def _stale_weights(stage: Stage) -> Found:
    """Why forward answers otherwise: its weights were changed, or its arrays."""
    session = stage.drive()
    _step(session, stage.first)
    call = session.forward(stage.stepped.primals, stage.stepped.given, 0)
    found = differences("output", stage.stepped.y, call.y, stage.subject)
    if found:
        return Found(
            compared=1,
            failure="forward goes on with the parameters of its first call after they were changed",
            mismatches=found,
            hint=("what is computed from parameters and kept must be computed again after a step",),
        )
    return Found(notes=("a caller that writes into what forward or backward returned changes the layer",))


def scribble(session: Session, array: object) -> None:
    """Overwrite an array of the caller's; parameters are not the caller's."""
    writeable = isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.flags.writeable
    if isinstance(array, np.ndarray) and writeable and not session.shared(array):
        array[...] = SCRIBBLE
