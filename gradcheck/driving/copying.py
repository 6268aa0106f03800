"""Two copies of a layer at the same time, a layer that was pickled, batches of other sizes."""

from __future__ import annotations

from gradcheck.cases.reasons import one_line
from gradcheck.driving.comparing import same_value, wrong
from gradcheck.driving.found import Found, failed, listed
from gradcheck.driving.moments import Moment
from gradcheck.driving.stage import Stage


def instances(stage: Stage) -> Found:
    """Two copies as two layers of one network: forward, forward, backward of the later, backward of the earlier."""
    earlier, later = stage.drive(), stage.drive()
    call = earlier.forward(stage.first.primals, {}, stage.first.draw)
    other = later.forward(stage.second.primals, {}, stage.second.draw)
    if not same_value(stage.subject, stage.second.y, other.y):
        return Found(compared=1, warnings=("forward of one instance depends on calls of another",))
    try:
        answers = [
            (stage.second, later.backward(other, stage.second.y_bar)),
            (stage.first, earlier.backward(call, stage.first.y_bar)),
        ]
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(compared=1, warnings=(f"of two instances used in turns one raises {one_line(error, '')}",))
    compared = 1 + sum(len(moment.gradients) for moment, _ in answers)
    for moment, answer in answers:
        off = wrong(moment, answer, stage.subject)
        if off:
            return failed(
                f"two instances share state: the gradient of {listed(off)} is wrong", off, compared,
                "expected: one instance alone; actual: with a second instance called in between",
                "a class attribute, a default argument or a module's global may hold what backward needs",
            )  # fmt: skip
    return Found(compared=compared, told="two instances in turns")


def pickled(stage: Stage) -> Found:
    """A layer that was pickled and loaded after a step, called once."""
    session = stage.drive()
    call = session.forward(stage.second.primals, {}, stage.second.draw)
    session.backward(call, stage.second.y_bar)
    try:
        loaded = session.pickled()
    except Exception:  # noqa: BLE001 - what cannot be pickled was not meant to be
        return Found()
    try:
        call = loaded.forward(stage.first.primals, {}, stage.first.draw)
        answer = loaded.backward(call, stage.first.y_bar)
    except Exception as error:  # noqa: BLE001 - it is told; a crash is no silently wrong gradient
        return Found(notes=(f"loaded from a pickle it raises {one_line(error, '')}",))
    if not same_value(stage.subject, stage.first.y, call.y):
        return Found(notes=("loaded from a pickle, forward answers otherwise",))
    off = wrong(stage.first, answer, stage.subject)
    if off:
        return failed(
            f"loaded from a pickle, the gradient of {listed(off)} is wrong", off, len(stage.first.gradients),
            "expected: the layer itself; what __getstate__ leaves out must be made again",
        )  # fmt: skip
    return Found(compared=1 + len(stage.first.gradients), told="loaded from a pickle")


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
