"""How the rehearsal of one class went, and the words for a process that did not survive it."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradcheck.cases.importing import repository
from gradcheck.cases.importing.loading import SCRIPT_REMEDY

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILDING = "building it"
IMPORTING = "importing it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the rehearsal of one key went.

    Attributes:
        ok: Whether the action returned.
        answer: What it returned.
        reason: Why not, one line.
        remedy: Lines a person can paste, or none.
        output: The last lines printed by a process that died; "" otherwise.
    """

    ok: bool
    answer: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    remedy: tuple[str, ...] = ()
    output: str = ""


def of_event(event: Mapping[str, Any]) -> Verdict:
    """Give the verdict of a "finished" event."""
    if event["ok"]:
        return Verdict(ok=True, answer=event["answer"])
    return Verdict(ok=False, reason=event["reason"], remedy=tuple(event["remedy"]))


def lost(
    request: Mapping[str, Any], verdicts: Mapping[str, Verdict], stage: str, what: str, last: Mapping[str, Any]
) -> dict[str, Verdict]:
    """Give the verdicts of a worker that died: the key it died at, or every key where the import was to blame.

    Args:
        request: The job.
        verdicts: Those it had given.
        stage: What it was doing.
        what: How it ended.
        last: Its "ended" event.
    """
    building = stage == BUILDING
    remedy = (SCRIPT_REMEDY,) if stage == IMPORTING else ()
    reason = f"{stage} {what}{_place(last['output'], request['root'])}"
    verdict = Verdict(ok=False, reason=reason, remedy=remedy, output=last["output"])
    unfinished = [key for key in request["keys"] if key not in verdicts]
    return dict.fromkeys(unfinished[:1] if building else unfinished, verdict)


def _place(output: str, root: str) -> str:
    # The user's innermost frame of faulthandler's dump; no line number, which a loop changes from run to run.
    _, mark, dump = output.rpartition("(most recent call first):")
    for file, function in re.findall(r'File "([^"]+)", line \d+ in (\S+)', dump if mark else ""):
        if repository.owns(root, file):
            where = os.path.relpath(file, root)
            return f", at the top of {where}" if function == "<module>" else f", in {function} of {where}"
    return ""


def manner(code: int | None) -> str:
    """Name an exit code; negative ones are signals."""
    if code is None or code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
