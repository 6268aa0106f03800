"""From a torch function or module to a Case: the torch counterpart of `building`, with inputs of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gradcheck.building import case_of, construct
from gradcheck.cases.declaring.configuration import LayerSettings
from gradcheck.cases.declaring.remedies import case_lines
from gradcheck.cases.guessing.candidates import excuses, is_accidental, is_single
from gradcheck.cases.guessing.construct import Construction, configured, constructions
from gradcheck.cases.guessing.given import drawn_inputs
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.torch.function_inputs import function_inputs
from gradcheck.cases.torch.given import given_tensors
from gradcheck.cases.torch.kinds import kind_of
from gradcheck.cases.torch.module_inputs import module_inputs
from gradcheck.cases.torch.settings import preserved, reseed
from gradcheck.choosing import MOST_ACCEPTED, Accepted, Plan, Recipe, agrees, bound, request_of
from gradcheck.constructing import first_accepting, recalled
from gradcheck.errors import BuildError, UsageError
from gradcheck.types import Case, Subject

#: How a person's inputs are read.
given = given_tensors


def build(cls: type, plan: Plan, recipe: Recipe | None = None) -> tuple[Case, Recipe]:
    """Find inputs for a torch function, or construct a module by guessing and find inputs for it.

    Args:
        cls: The function's or the module's class.
        plan: What is built.
        recipe: What an earlier, identical search found; only that is tried.

    Raises:
        BuildError: It cannot be constructed, or accepts no input.
    """
    return _search(cls, plan, recipe, _guesses(cls, plan), None)


def build_configured(cls: type, plan: Plan, settings: LayerSettings) -> Case:
    """The Case of a class whose constructor arguments or inputs are configured.

    Raises:
        BuildError: The class cannot be constructed so, or does not run on the inputs.
    """
    guesses = _guesses(cls, plan)
    if settings.init:
        guesses = iter([configured(cls, settings.init)])
    case, _ = _search(cls, plan, None, guesses, settings if settings.inputs else None)
    return case


def build_given(layer: object, inputs: Inputs, plan: Plan, code: str) -> Case:
    """The Case of a module, or a function's class, and inputs that a person gave.

    Raises:
        BuildError: Forward does not run on them.
    """
    with preserved():
        found, refused = _choose(layer, Construction(arguments={}, code=code), 0, [(0, inputs)], plan, is_given=True)
        if found is None:
            raise BuildError(refused, remedy(plan.identity))
        return _case(dataclasses.replace(found, is_given=True), plan)


def remedy(identity: str) -> tuple[str, ...]:
    """The lines that tell gradcheck how to build a torch function or module."""
    name = identity.rpartition("::")[2].rpartition(".")[2]
    head, call = case_lines(identity, "the function, or the module,", name, array="torch.randn(4, 8)")
    return head, f"{call}  # a module: {name}(...)"


def _guesses(cls: type, plan: Plan) -> Iterator[Construction]:
    qualname = plan.identity.rpartition("::")[2]
    if kind_of(cls) == "function":
        return iter([Construction(arguments={}, code=f"{qualname}.apply")])
    return constructions(cls, qualname=qualname)


def _search(
    cls: type,
    plan: Plan,
    recipe: Recipe | None,
    guesses: Iterable[Construction],
    settings: LayerSettings | None,
) -> tuple[Case, Recipe]:
    def chosen(layer: object, construction: Construction, position: int) -> tuple[Accepted | None, str]:
        candidates = recalled(_inputs(layer, plan, construction.arguments, settings), recipe)
        return _choose(layer, construction, position, candidates, plan, is_given=settings is not None)

    with preserved():
        found, refusal = first_accepting(
            guesses, lambda construction: _constructed(cls, construction, plan), chosen, root=plan.root, recipe=recipe
        )
        if found is None:
            raise BuildError(refusal, remedy(plan.identity))
        return _case(found, plan), found.recipe


def _constructed(cls: type, construction: Construction, plan: Plan) -> object:
    if kind_of(cls) == "function":
        return cls
    reseed(plan.seed)
    return construct(cls, construction, plan)


def _inputs(
    layer: object, plan: Plan, arguments: Mapping[str, Any], settings: LayerSettings | None
) -> Iterator[tuple[int, Inputs]]:
    qualname = plan.identity.rpartition("::")[2]
    if settings is not None:
        yield 0, _configured(layer, plan, settings)
    elif kind_of(layer) == "function":
        yield from enumerate(function_inputs(layer, qualname=qualname, seed=plan.seed))
    else:
        yield from enumerate(
            module_inputs(layer, plan.forward, qualname=qualname, construction=arguments, seed=plan.seed)
        )


def _configured(layer: object, plan: Plan, settings: LayerSettings) -> Inputs:
    try:
        return given_tensors(layer, plan.forward, (), drawn_inputs(settings.inputs, plan.seed))
    except UsageError as error:
        raise BuildError(f"the inputs in the configuration do not fit: {error}") from error


def _choose(
    layer: object,
    construction: Construction,
    position: int,
    candidates: Iterable[tuple[int, Inputs]],
    plan: Plan,
    *,
    is_given: bool = False,
) -> tuple[Accepted | None, str]:
    """Take the first input that agrees with the oracle, else the first that is accepted.

    A backward that raises on a guess that forward accepts counts as accepted, but after those on which it runs.
    """
    accepted: list[Accepted] = []
    crashed: list[Accepted] = []
    refusals: list[str] = []
    for index, inputs in candidates:
        if len(accepted) + len(crashed) >= MOST_ACCEPTED:
            break
        try:
            subject = bound(request_of(layer, inputs, plan))
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything; told if nothing else works
            refusals.append(f"{inputs.description}: {one_line(error, plan.root)}")
            continue
        recipe = Recipe(construction=position, inputs=index)
        found = Accepted(subject=subject, layer=layer, construction=construction, inputs=inputs, recipe=recipe)
        if not is_given and len(subject.primals) > 1 and is_accidental(subject):
            refusals.append(f"{inputs.description}: its inputs met by broadcasting only")
            continue
        try:
            right = _is_right(subject)
        except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
            crashed.append(found)
            continue
        if not right:
            accepted.append(found)
        elif not accepted or _excuses(subject, accepted[0].subject):
            return found, ""
    refused = refusals[0] if refusals else "no input could be thought of"
    for several in (accepted, crashed):
        several.sort(key=lambda one: (is_single(one.subject), one.recipe.inputs))
    batches = [one for one in (*accepted, *crashed) if not is_single(one.subject)]
    return next(iter((*batches, *accepted, *crashed)), None), refused


def _excuses(second: Subject, first: Subject) -> bool:
    """Whether being right on one input excuses a disagreement on another; a single sample excuses no batch."""
    return is_single(first) >= is_single(second) and excuses(second, first)


def _is_right(subject: Subject) -> bool:
    """Whether one probe agrees; a module without any gradient to compare is settled by its flow."""
    return not subject.primals or agrees(subject)


def _case(found: Accepted, plan: Plan) -> Case:
    case = case_of(found, plan)
    return dataclasses.replace(case, at_batch=None)
