"""What a module of a tape is told: whether a gradient reaches every input and parameter, and whether it is right."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from gradcheck import extensions
from gradcheck.judging import outcome
from gradcheck.judging.headlines import listed, within
from gradcheck.tapes.binding import ORACLE, has_slope, is_used, unreached
from gradcheck.tapes.cuts import cuts, is_disconnected, shown
from gradcheck.tapes.program import TapeSubject
from gradcheck.types import Case, Check, CheckResult, Context, Oracle, Outcome, Profile, Quantity, Role

NAME = "gradient"
#: (result of a check, its context) -> the result with an explanation of each gradient that failed.
Explain = Callable[[CheckResult, Context], CheckResult]


def judged(case: Case, profile: Profile, root: str, explain: Explain) -> CheckResult:
    """The one result of a module: shapes, values and flow of every gradient.

    Args:
        case: The module's case; its subject is a TapeSubject.
        profile: How much it may cost.
        root: Absolute project root.
        explain: Says why a gradient that failed is wrong.
    """
    subject = case.subject
    if not isinstance(subject, TapeSubject):
        message = f"{case.layer} is no module of a tape"
        raise TypeError(message)
    lost = unreached(subject)
    if lost is None:
        # Backward raises: for want of anything to go back to, or for a reason of its own.
        lost = tuple(subject.point) if is_disconnected(subject.program, subject.point) else ()
    cut = {name: _reason(subject, name, root) for name in lost}
    flowing = [_lost(subject, name, why) for name, why in cut.items() if why]
    idle = [name for name, why in cut.items() if not why]
    told = [f"no gradient reaches {listed(idle)}: forward does not depend on it where it was tried"] if idle else []
    result = _valued(case, profile, explain)
    known = {quantity.name for quantity in flowing}
    quantities = [*flowing, *(q for q in result.quantities if q.name not in known)]
    name = case.layer.rpartition("::")[2].rpartition(".")[2]
    if flowing:
        first = flowing[0]
        headline = f"{name}: no gradient reaches {listed([q.name for q in flowing])}, on which its output depends"
        return dataclasses.replace(
            result,
            outcome=Outcome.FAILED,
            compared=result.compared + len(flowing),
            headline=within(headline),
            quantities=quantities,
            notes=(*result.notes, *told),
            hint=(*(f"`{q.name}`: {q.reason}" for q in flowing), *result.hint),
            oracle=result.oracle or ORACLE,
            table=() if first.reason else result.table,
        )
    return dataclasses.replace(
        result,
        quantities=quantities,
        notes=(*result.notes, *told),
        hint=(*_partly(subject, result, root), *result.hint),
    )


def _partly(subject: TapeSubject, result: CheckResult, root: str) -> list[str]:
    """Where part of what was computed from a tensor whose gradient is wrong leaves the graph."""
    hints = []
    for quantity in result.quantities:
        if quantity.outcome is Outcome.FAILED and quantity.wrong:
            places = cuts(subject.program, subject.point, quantity.name)
            if places:
                where = " and ".join(shown(place, root) for place in places)
                hints.append(f"`{quantity.name}`: part of what is computed from it may leave the graph at {where}")
    return hints


def _valued(case: Case, profile: Profile, explain: Explain) -> CheckResult:
    """The gradients that are there: their shapes, then their values."""
    oracle = extensions.load("gradcheck.oracles", ORACLE, "ORACLE", Oracle)
    context = Context(case=case, profile=profile, oracles={ORACLE: oracle})
    if not case.subject.primals:
        return outcome.result(context, NAME, Outcome.INCONCLUSIVE, "no gradient reaches any input or parameter")
    contract = extensions.load("gradcheck.checks", "contract", "CHECK", Check).examine(context)
    result = contract
    if contract.outcome is Outcome.PASSED:
        result = extensions.load("gradcheck.checks", NAME, "CHECK", Check).examine(context)
    return dataclasses.replace(explain(result, context), check=NAME)


def _reason(subject: TapeSubject, name: str, root: str) -> str:
    """Why no gradient reaches a primal; "" where there is none to reach it."""
    if not is_used(subject, name) or not has_slope(subject, name):
        return ""
    places = cuts(subject.program, subject.point, name)
    if not places:
        return "an operator on its way hands no gradient on; see the operators of the tensor"
    return f"the graph is cut at {' and '.join(shown(place, root) for place in places)}"


def _lost(subject: TapeSubject, name: str, why: str) -> Quantity:
    x = subject.point[name]
    return Quantity(
        name=name,
        role=Role.INPUT if name in subject.program.inputs else Role.PARAMETER,
        shape=x.shape,
        dtype=str(x.dtype),
        outcome=Outcome.FAILED,
        size=x.size,
        reason=why,
    )
