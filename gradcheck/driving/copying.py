"""Two copies of a layer at the same time, a layer that was pickled, batches of other sizes."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.cases.importing.reasons import one_line
from gradcheck.driving.comparing import same_value, wrong
from gradcheck.driving.found import Found, failed
from gradcheck.driving.moments import Moment
from gradcheck.driving.stage import Stage
from gradcheck.judging.headlines import listed
from gradcheck.types import Mismatch, Session


def instances(stage: Stage, another: Callable[[], object] | None) -> Found:
    """Two instances as two layers of one network: forward, forward, backward of the later, backward of the earlier.

    Args:
        stage: The points.
        another: Constructs a second instance, with what a constructor shares (a default argument); two copies of one
            instance do where it is None, or needs more than its constructor.
    """
    session = stage.drive()
    if not session.is_object:
        return Found()
    found = _constructed(stage, another) or _in_turns(stage, session, stage.drive())
    return found or Found(compared=1, warnings=("forward of one instance depends on calls of another",))


def _constructed(stage: Stage, another: Callable[[], object] | None) -> Found | None:
    """What the layer and another instance show; None where that one needs more than its constructor."""
    beside = stage.subject.drive_beside
    if another is None or beside is None:
        return None
    try:
        found = _in_turns(stage, *beside(another()))
    except Exception:  # noqa: BLE001 - two copies of one instance are driven instead
        return None
    return found if found is not None and not found.warnings else None


def _in_turns(stage: Stage, earlier: Session, later: Session) -> Found | None:
    """What two instances in turns show; None where forward of the later is another function."""
    call = earlier.forward(stage.first.primals, stage.first.given, stage.first.draw)
    other = later.forward(stage.second.primals, stage.second.given, stage.second.draw)
    if not same_value(stage.subject, stage.second.y, other.y):
        return None
    try:
        answers = [
            (stage.second, later.backward(other, stage.second.y_bar)),
            (stage.first, earlier.backward(call, stage.first.y_bar)),
        ]
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(compared=1, warnings=(f"of two instances used in turns one raises {one_line(error, '')}",))
    compared = 1 + sum(len(moment.gradients) for moment, _ in answers)
    for moment, answer in answers:
        # What a gradient is added to must be its own instance's: a fresh one holds nothing, unless it was made so.
        own = {name for name in moment.gradients if name in answer.added}
        alone = wrong(moment, answer, stage.subject, memory=False)
        off = {name: alone[name] for name in alone if name not in own or name in wrong(moment, answer, stage.subject)}
        if off:
            return failed(
                f"two instances share state: the gradient of {listed(off)} is wrong", off, compared,
                "expected: one instance alone; actual: with a second instance called in between",
                "a class attribute, a default argument or a module's global may hold what backward needs",
            )  # fmt: skip
    return Found(compared=compared, told="two instances in turns")


def duplicated(stage: Stage) -> Found:
    """A layer that was pickled and loaded after a step, or copied where it cannot be pickled; called once more."""
    session = stage.drive()
    call = session.forward(stage.second.primals, stage.second.given, stage.second.draw)
    session.backward(call, stage.second.y_bar)
    loaded = _duplicate(stage, session.pickled, "loaded from a pickle")
    return loaded or _duplicate(stage, session.copied, "copied") or Found()


def _duplicate(stage: Stage, make: Callable[[], Session], how: str) -> Found | None:
    """What a duplicate answers; None where there is none."""
    try:
        duplicate = make()
    except Exception:  # noqa: BLE001 - what cannot be pickled was not meant to be
        return None
    try:
        off = _called(stage, duplicate, stage.stepped)
        # Arrays that shared memory are apart in a duplicate: with the parameters as they were it may still be right.
        before = _called(stage, make(), stage.first) if off is None or off else {}
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(notes=(f"{how} it raises {one_line(error, '')}",))
    if before is None:
        return Found(notes=(f"{how}, forward answers otherwise",))
    if before:
        return failed(
            f"{how}, the gradient of {listed(before)} is wrong", before, len(stage.first.gradients),
            "expected: the layer itself; what a copy leaves out must be made again",
        )  # fmt: skip
    if off is None or off:
        return Found(notes=(f"{how}, what it keeps beside its parameters no longer follows them",))
    return Found(compared=1 + len(stage.stepped.gradients), told=how)


def _called(stage: Stage, session: Session, moment: Moment) -> dict[str, tuple[Mismatch, ...]] | None:
    """The gradients that are wrong in one call; None where forward is another function."""
    call = session.forward(moment.primals, moment.given, moment.draw)
    if not same_value(stage.subject, moment.y, call.y):
        return None
    return wrong(moment, session.backward(call, moment.y_bar), stage.subject)


def batches(stage: Stage, other: Moment | None) -> Found:
    """A batch, one of another size, the first again.

    Args:
        stage: The points.
        other: What a layer called once answers to a batch of another size; None where it takes none.
    """
    if other is None:
        return Found()
    session = stage.drive()
    compared = 0
    for moment, told in ((stage.first, "one batch"), (other, "a smaller batch"), (stage.first, "a larger batch")):
        try:
            call = session.forward(moment.primals, moment.given, moment.draw)
        except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
            return Found(compared=compared, notes=(f"forward of {told} after another raises {one_line(error, '')}",))
        if not same_value(stage.subject, moment.y, call.y):
            return Found(compared=compared)
        try:
            answer = session.backward(call, moment.y_bar)
        except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
            warning = f"backward of {told} after another raises {one_line(error, '')}"
            return Found(compared=compared, warnings=(warning,))
        compared += len(moment.gradients)
        off = wrong(moment, answer, stage.subject)
        if off:
            return failed(
                f"for {told} after another the gradient of {listed(off)} is wrong", off, compared,
                "expected: the same batch in a first call; a buffer may keep the size of the batch before",
            )  # fmt: skip
    return Found(compared=compared, told="batches of different sizes")
