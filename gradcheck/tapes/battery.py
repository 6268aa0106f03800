"""Every operator a Tensor has, tried on everything the groups know; none meets what another one left behind."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from gradcheck import extensions
from gradcheck.cases.running.evaluation import undrawn
from gradcheck.errors import BuildError
from gradcheck.tapes.apart import Answer, Job, answers
from gradcheck.tapes.examining import examine, judges
from gradcheck.tapes.learning import Lesson, learn, taught
from gradcheck.tapes.model import REFUSED, Application, Judged, Operator, OperatorGroup, Surface, Tape
from gradcheck.types import Outcome, Profile

#: Seconds one operator may take, all its applications together; a tape of plain lists needs one.
OPERATOR_SECONDS = 20.0
#: The operator that a tape without implicit broadcasting has instead.
EXPLICIT = "broadcast_to"
#: The operators that broadcast by themselves where any does.
ELEMENTWISE = frozenset({"add", "sub", "mul", "truediv"})
NO_RULE = "by rule nothing is broadcast by itself here: use broadcast_to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An operator and what came of its applications."""

    operator: str
    judged: tuple[Judged, ...]
    needs: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The worst of what was judged; REFUSED where it takes nothing it was given."""
        outcomes = {one.outcome for one in self.judged}
        for outcome in (Outcome.FAILED.value, Outcome.PASSED.value, Outcome.INCONCLUSIVE.value):
            if outcome in outcomes:
                return outcome
        return REFUSED


def learnt(cls: type, functions: Mapping[str, Callable[..., Any]], given: Mapping[str, Any]) -> Tape:
    """The tape of a Tensor class, learnt in a process of its own.

    Raises:
        BuildError: It was not learnt.
    """

    def job() -> tuple[Any, bool]:
        try:
            return dataclasses.asdict(learn(cls, functions, given)), True
        except BuildError as error:
            return {"reason": error.reason}, False

    answer = answers([[job]], OPERATOR_SECONDS)[0][0]
    if answer.lost:
        raise BuildError(f"learning how {cls.__name__} is used {answer.lost}")
    if "reason" in answer.value:
        raise BuildError(answer.value["reason"])
    return taught(cls, functions, given, Lesson(**answer.value))


def rows(tape: Tape, seed: int, profile: Profile) -> list[Row]:
    """Try every operator.

    Args:
        tape: The tape.
        seed: Seed of cotangents and directions.
        profile: How much it may cost.
    """
    surface = Surface(cls=tape.cls, is_scalar=tape.is_scalar, constant=tape.constant, functions=tape.functions)
    judges()
    groups = extensions.load_all("gradcheck.tapes.operators", "OPERATORS", OperatorGroup)
    operators = [operator for group in groups.values() for operator in group.operators(surface)]
    with undrawn():
        given = answers([_jobs(tape, operator, seed, profile) for operator in operators], OPERATOR_SECONDS)
    return _without_followers(_by_rule([_row(*pair) for pair in zip(operators, given, strict=True)]))


def _row(operator: Operator, given: Sequence[Answer]) -> Row:
    texts = [application.text for application in operator.applications]
    judged = tuple(_judged(answer, text) for answer, text in zip(given, texts, strict=True))
    return Row(operator=operator.name, judged=judged, needs=operator.needs)


def _jobs(tape: Tape, operator: Operator, seed: int, profile: Profile) -> list[Job]:
    def job(application: Application) -> tuple[Any, bool]:
        one = examine(tape, operator.name, application, seed, profile)
        return dataclasses.asdict(one), not one.raised

    return [functools.partial(job, application) for application in operator.applications]


def _judged(answer: Answer, text: str) -> Judged:
    if answer.lost:
        return Judged(text=text, outcome=Outcome.INCONCLUSIVE.value, reason=answer.lost, raised=True)
    return msgspec.convert(answer.value, Judged)


def _by_rule(found: Sequence[Row]) -> list[Row]:
    """Rows of a tape that broadcasts nothing by itself: what no operator takes back is its rule, not a mistake.

    It is one where `broadcast_to` is there and right, and no operator of several takes any broadcast shape back.
    """
    explicit = next((row for row in found if row.operator == EXPLICIT), None)
    takers = [
        row for row in found if any(f.broadcasts and f.outcome != REFUSED for f in row.judged) and row is not explicit
    ]
    elementwise = [row for row in takers if row.operator in ELEMENTWISE]
    # A size along an axis that both have is no shape to give back; only what has another shape counts.
    wrong = [row for row in elementwise if all(f.is_shape for f in row.judged if f.broadcasts and f.outcome != REFUSED)]
    if explicit is None or explicit.outcome != Outcome.PASSED.value or len(wrong) < len(elementwise) or len(wrong) < 2:
        return list(found)
    return [dataclasses.replace(row, judged=tuple(_ruled(f) for f in row.judged)) for row in found]


def _ruled(one: Judged) -> Judged:
    if one.broadcasts and one.is_shape:
        return dataclasses.replace(one, outcome=REFUSED, reason=NO_RULE, is_shape=False)
    return one


def _without_followers(found: Sequence[Row]) -> list[Row]:
    """What is made of an operator that is wrong without broadcasting follows from it, and is not judged."""
    base = {row.operator for row in found if any(f.is_wrong and not f.broadcasts for f in row.judged)}
    kept = []
    for row in found:
        broken = [name for name in row.needs if name in base]
        kept.append(_excused(row, broken) if broken else row)
    return kept


def _excused(row: Row, broken: Sequence[str]) -> Row:
    reason = f"not judged: made of {' and '.join(broken)}, which is wrong"
    judged = (
        dataclasses.replace(f, outcome=Outcome.INCONCLUSIVE.value, reason=reason, mismatches=()) if f.is_wrong else f
        for f in row.judged
    )
    return dataclasses.replace(row, judged=tuple(judged))
