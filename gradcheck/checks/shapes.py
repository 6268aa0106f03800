"""What is right as it was built is right as it may be built: other arguments, shapes, values and memory layouts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from gradcheck.driving.found import Found
from gradcheck.driving.narrowing import Narrow, compared_with_float64, has_float64_run
from gradcheck.judging.outcome import result, short_name
from gradcheck.searching.broadcasting import met
from gradcheck.searching.hunt import Hunt, search
from gradcheck.searching.screening import point_of, screened
from gradcheck.searching.space import Configuration, space_of
from gradcheck.searching.trial import Ruling, Trial, Tried
from gradcheck.searching.work import cost_of
from gradcheck.searching.writing import code_of
from gradcheck.types import Blueprint, Case, Check, CheckResult, Context, Oracle, Outcome, Presentation, Profile

NAME = "shapes"


def examine(context: Context) -> CheckResult:
    """Search the configurations of a layer for one that forward takes and backward does not, or answers wrongly."""
    hunt = _hunted(context)
    if isinstance(hunt, str):
        return result(context, NAME, Outcome.NOT_APPLICABLE, hunt)
    if hunt.wrong is not None:
        return _failed(hunt.space.blueprint, hunt, *hunt.wrong)
    assert context.ask is not None  # noqa: S101 - asked for before the search
    found = met(context.case, hunt.trusted, context.ask)
    if found.result is not None and found.inputs is not None:
        return _of_operands(hunt, found.result, found.inputs)
    narrow = _in_float32(context, hunt)
    if narrow is not None:
        return narrow
    return _passed(context, hunt, found.notes)


def _hunted(context: Context) -> Hunt | str:
    """The search with all that it tried, or why there is none."""
    case = context.case
    if context.profile is Profile.FAST:
        return "the fast profile does not search"
    if case.blueprint is None or context.ask is None:
        return "it cannot be built or called otherwise"
    estimating = (one for one in context.oracles.values() if one.exact is None)
    oracle = next((one for one in estimating if one.unavailable(case.subject) is None), None)
    if oracle is None:
        return "no oracle can judge it"
    trusted = _trusted(context, oracle)
    if not trusted:
        return "no gradient is right as it was built; see contract and gradient"
    space = space_of(case, case.blueprint)
    trial = Trial(context=context, space=space, oracle=oracle, ask=context.ask, trusted=trusted)
    hunt = Hunt(profile=context.profile, trial=trial.of, space=space, cost=cost_of(space), trusted=trusted)
    if "extra" in space.factors and not hunt.takes_more_axes():
        hunt.space = space = space.without("extra")
    search(hunt, seed=case.seed, key=f"{case.layer} {space.bits}", root=case.blueprint.root)
    return hunt


def _trusted(context: Context, oracle: Oracle) -> frozenset[str]:
    """Names of the gradients that are right as the layer was built."""
    case = context.case
    names = list(case.subject.primals)
    seen = screened(case.subject, case.seed, oracle, names, is_repeated=False)
    if not seen.is_suspicious and seen.compared:
        return frozenset(names)
    if _earlier(context, "contract").outcome is Outcome.FAILED:
        return frozenset()
    found = _earlier(context, "gradient")
    if found.outcome is Outcome.FAILED:
        return frozenset()
    # A gradient may be right but for axes of length one, where we made the shape up; then shapes are no evidence.
    shaped = point_of(case.subject, case.seed, is_repeated=False).gradients[0]
    return frozenset(q.name for q in found.quantities if q.outcome is Outcome.PASSED and q.name in shaped)


def _earlier(context: Context, check: str) -> CheckResult:
    """What another check finds on this case, mostly long known."""
    assert context.ask is not None  # noqa: S101 - asked for above
    return context.found(check) or context.ask(context.case, check)


def _failed(blueprint: Blueprint, hunt: Hunt, configuration: Configuration, tried: Tried) -> CheckResult:
    """The failure of the smallest configuration that fails, with the code that shows it."""
    assert tried.result is not None  # noqa: S101 - whatever is wrong was found so by a check
    assert tried.case is not None  # noqa: S101 - the same
    built = blueprint.construct(configuration.arguments)
    code = code_of(blueprint, built, hunt.space.inputs(configuration), configuration)
    return dataclasses.replace(
        tried.result,
        check=NAME,
        compared=max(hunt.judged, 1),
        notes=(*tried.result.notes, *_notes(hunt)),
        example=tuple(code),
    )


def _of_operands(hunt: Hunt, result: CheckResult, inputs: Mapping[str, Any]) -> CheckResult:
    """The failure of operands that meet by broadcasting, with the code that shows it."""
    blueprint = hunt.space.blueprint
    code = code_of(blueprint, blueprint.construct({}), inputs, hunt.space.as_built)
    hint = ("backward sums over what is repeated in another shape of its operands, and not here", *result.hint)
    return dataclasses.replace(
        result,
        check=NAME,
        compared=max(hunt.judged, 1),
        notes=(*result.notes, *_notes(hunt)),
        hint=hint,
        example=tuple(code),
    )


def _in_float32(context: Context, hunt: Hunt) -> CheckResult | None:
    """The failure of a layer that is right in float64 where it is built or called otherwise, and wrong in float32."""
    if not has_float64_run(context.case.subject):
        return None
    for configuration in _plain(hunt):
        try:
            found = _wrong_in_float32(context, hunt, configuration)
        except Exception:  # noqa: BLE001 - the user's code may raise anything where it is driven; no verdict
            found = None
        if found is not None:
            return found
    return None


def _wrong_in_float32(context: Context, hunt: Hunt, configuration: Configuration) -> CheckResult | None:
    blueprint = hunt.space.blueprint
    with blueprint.environment():
        built, inputs = blueprint.construct(configuration.arguments), hunt.space.inputs(configuration)
        case = blueprint.case(built, inputs, configuration.presentation)
    found = _narrowed(context, case)
    # Wrong as it was built as well, it is the precision check's.
    if not found.failure or _narrowed(context, context.case).failure:
        return None
    there, headline = dataclasses.replace(context, case=case), f"{short_name(context)}: {found.failure}"
    told = result(
        there, NAME, Outcome.FAILED, headline, compared=max(hunt.judged, 1),
        mismatches=found.mismatches, notes=_notes(hunt), hint=found.hint,
    )  # fmt: skip
    lines = code_of(blueprint, built, inputs, configuration)
    return dataclasses.replace(told, example=("# in float32, its own arrays included:", *lines))


def _plain(hunt: Hunt) -> list[Configuration]:
    """The first right configuration of other arguments and the last of other shapes, both of ordinary values."""
    plain = [one for one in hunt.right if not one.variety and not one.indices and one.presentation == Presentation()]
    arguments = [one for one in plain if one.arguments]
    shapes = [one for one in plain if one.lengths != hunt.space.as_built.lengths and not hunt.space.is_empty(one)]
    return list({repr(one): one for one in (*arguments[:1], *shapes[-1:])}.values())


def _narrowed(context: Context, case: Case) -> Found:
    drive = case.subject.drive
    if drive is None:
        return Found()
    there = dataclasses.replace(context, case=case)
    narrow = Narrow(context=there, drive=drive, dtype=np.float32, primals=case.subject.primals)
    return compared_with_float64(narrow, may_fail=True)


def _passed(context: Context, hunt: Hunt, told: tuple[str, ...]) -> CheckResult:
    notes = (*_notes(hunt), *told)
    right = sum(tried.ruling is Ruling.RIGHT for tried in hunt.tried.values())
    if not right:
        reason = "forward takes no other configuration on which its gradients could be compared"
        return result(context, NAME, Outcome.NOT_APPLICABLE, reason, notes=notes)
    headline = f"{short_name(context)}: right on {right} configuration{'s' * (right != 1)}"
    return result(context, NAME, Outcome.PASSED, headline, compared=right, notes=notes)


def _notes(hunt: Hunt) -> tuple[str, ...]:
    told = dict.fromkeys(tried.note for tried in hunt.tried.values() if tried.note)
    late = ["its forward takes long: the search ended before its end"] if hunt.is_late else []
    return (*told, *late)


CHECK = Check(
    name=NAME,
    summary="right on other arguments, shapes, values and memory layouts as well",
    examine=examine,
)
