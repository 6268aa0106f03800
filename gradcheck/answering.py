"""One check of one case, from the question to the answer: examined, explained, and stopped where it does not end."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping

from gradcheck.cases.importing.reasons import user_line
from gradcheck.cases.running.deadline import EVALUATION_SECONDS, OverdueError, allowing
from gradcheck.errors import BuildError
from gradcheck.expecting import asked
from gradcheck.explaining import explained
from gradcheck.types import Case, CheckResult, Context, Outcome

#: Checks of one case that may be stopped before the others are not begun any more.
MOST_OVERDUE = 2
#: How the headline of one that was stopped begins.
STOPPED = "forward or backward did not end within"
LONGER = "where it is slow rather than endless, `evaluation_seconds` in [tool.gradcheck] gives it longer"


def answered(
    name: str, context: Context, known: Mapping[str, CheckResult], root: str = "", seconds: float = EVALUATION_SECONDS
) -> CheckResult:
    """What a check finds and why; INCONCLUSIVE where forward or backward does not end in time.

    Args:
        name: The check.
        context: What it is asked.
        known: What other checks found on the same case.
        root: Absolute project root, by which the user's frames are told from a library's.
        seconds: How long one forward or one backward may take.
    """
    if sum(one.headline.startswith(STOPPED) for one in known.values()) >= MOST_OVERDUE:
        return _unanswered(name, context.case, f"not begun: {MOST_OVERDUE} checks did not end in time", ())
    with allowing(seconds):
        try:
            result = asked(name, context)
        except OverdueError as error:
            return _unanswered(name, context.case, _told(error, root), (LONGER,))
        try:
            return explained(result, context, known.get("gradient"))
        except OverdueError as error:
            note = f"why it is wrong was not found out: {_told(error, root)}"
            return dataclasses.replace(result, notes=(*result.notes, note))


@contextlib.contextmanager
def built_in_time(seconds: float, root: str) -> Iterator[None]:
    """Build inside; each forward and each backward has so many seconds.

    Raises:
        BuildError: One of them did not end in time.
    """
    try:
        with allowing(seconds):
            yield
    except OverdueError as error:
        raise BuildError(_told(error, root), (LONGER,)) from error


def _unanswered(name: str, case: Case, why: str, notes: tuple[str, ...]) -> CheckResult:
    return CheckResult(
        check=name,
        layer=case.layer,
        outcome=Outcome.INCONCLUSIVE,
        compared=0,
        headline=why,
        notes=notes,
        construction=case.construction,
        inputs=case.inputs,
        seed=case.seed,
        path=case.path,
        line=case.line,
    )


def _told(error: OverdueError, root: str) -> str:
    line = user_line(error, root) if root else ""
    return f"{STOPPED} {error.seconds:g} s" + (f" ({line})" if line else "")
