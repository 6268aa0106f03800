"""From a class to a Case: construct it by guessing, choose inputs, say how it was made."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck import own_losses
from gradcheck.blueprints import blueprint_of
from gradcheck.cases.declaring.configuration import LayerSettings
from gradcheck.cases.declaring.remedies import case_lines
from gradcheck.cases.gradients.stabilisers import rounded_constants, small_constants
from gradcheck.cases.guessing.construct import Construction, configured, constructions
from gradcheck.cases.guessing.given import configured_inputs, given_inputs
from gradcheck.cases.guessing.inputs import MOST, Inputs, input_candidates, list_candidates
from gradcheck.cases.guessing.target_variants import target_variants
from gradcheck.cases.running.evaluation import Evaluator, protected
from gradcheck.cases.running.items import array_of, is_list_of_arrays, owner
from gradcheck.cases.states.settings import settings_of
from gradcheck.choosing import Accepted, Plan, Recipe, bound_or_prepared, choose, request_of
from gradcheck.constructing import first_accepting, recalled
from gradcheck.errors import BuildError, UsageError
from gradcheck.reshaping import reshaped
from gradcheck.types import Case, Role

#: How a person's inputs are read.
given = given_inputs
#: Positions of inputs with another target: this much times the variant, plus the position of the original.
VARIANT = 1000


def build(cls: type, plan: Plan, recipe: Recipe | None = None) -> tuple[Case, Recipe]:
    """Construct a class by guessing and find an input for it.

    Args:
        cls: The layer class.
        plan: What is built.
        recipe: What an earlier, identical search found; only that is tried.

    Raises:
        BuildError: It cannot be constructed, or accepts no input.
    """
    network = own_losses.find(cls, plan, recipe, construct, inputs_of)
    if network is not None:
        found, own = network
        constants = own_losses.stabilisers(found.layer, own)
        return dataclasses.replace(case_of(found, own), blueprint=None, stabilisers=constants), found.recipe

    def chosen(layer: object, construction: Construction, position: int) -> tuple[Accepted | None, str]:
        candidates = recalled(inputs_of(layer, plan, construction.arguments), recipe)
        return choose(layer, construction, position, candidates, plan)

    guesses = constructions(cls, qualname=plan.identity.rpartition("::")[2])
    accepted, refusal = first_accepting(
        guesses, lambda construction: construct(cls, construction, plan), chosen, root=plan.root, recipe=recipe
    )
    if accepted is None:
        raise BuildError(refusal, remedy(plan.identity, getattr(cls, plan.forward, None)))
    return case_of(reshaped(accepted, plan) or accepted, plan), accepted.recipe


def build_given(layer: object, inputs: Inputs, plan: Plan, code: str) -> Case:
    """The Case of a layer and inputs that a person gave.

    Raises:
        BuildError: Forward or backward does not run on them.
    """
    found, refused = choose(layer, Construction(arguments={}, code=code), 0, [(0, inputs)], plan)
    if found is None:
        raise BuildError(refused, remedy(plan.identity))
    return case_of(dataclasses.replace(found, is_given=True), plan)


def build_configured(cls: type, plan: Plan, settings: LayerSettings) -> Case:
    """The Case of a class whose constructor arguments or inputs are configured.

    Raises:
        BuildError: The class cannot be constructed so, or does not run on the inputs.
    """
    if settings.init:
        guesses: Iterable[Construction] = [configured(cls, settings.init)]
    else:
        guesses = constructions(cls, qualname=plan.identity.rpartition("::")[2])

    def chosen(layer: object, construction: Construction, position: int) -> tuple[Accepted | None, str]:
        candidates = inputs_of(layer, plan, construction.arguments)
        if settings.inputs:
            candidates = iter([(0, _configured(layer, plan, settings))])
        return choose(layer, construction, position, candidates, plan)

    found, refusal = first_accepting(
        guesses, lambda construction: construct(cls, construction, plan), chosen, root=plan.root
    )
    if found is None:
        raise BuildError(refusal, remedy(plan.identity))
    return case_of(found, plan)


def _configured(layer: object, plan: Plan, settings: LayerSettings) -> Inputs:
    try:
        return configured_inputs(layer, plan.forward, settings.inputs, plan.seed)
    except UsageError as error:
        raise BuildError(f"the inputs in the configuration do not fit: {error}") from error


def case_of(found: Accepted, plan: Plan) -> Case:
    """The Case of an accepted input."""
    primals = {owner(name) for name in found.subject.primals}
    has_lists = any(is_list_of_arrays(value) for value in found.inputs.arguments.values())
    return Case(
        layer=plan.identity,
        construction=found.construction.code,
        inputs=found.inputs.description,
        seed=plan.seed,
        subject=found.subject,
        line=plan.line,
        path=plan.path,
        invented=_invented(found),
        stabilisers=_stabilisers(found.layer, plan),
        rounded=_rounded(found.layer, plan),
        at_batch=lambda size: _at_batch(found, plan, size),
        another=None if found.is_given else lambda: _another(found, plan),
        batch_axis=_batch_axis(found),
        settings=settings_of(found.layer, found.construction.arguments),
        given={name: value for name, value in found.inputs.arguments.items() if name not in primals},
        # The search draws one array per argument.
        blueprint=None if has_lists else blueprint_of(found, plan, case_of),
    )


def _invented(found: Accepted) -> tuple[str, ...]:
    """Primals whose shape is a guess: single samples, and parameters made by arrays or functions we handed over."""
    subject = found.subject
    made = found.construction.has_guessed_shapes
    return tuple(
        name
        for name, x in subject.primals.items()
        if (made if subject.roles[name] is Role.PARAMETER else x.ndim < 2 and not found.is_given)
    )


def _stabilisers(layer: object, plan: Plan) -> tuple[float, ...]:
    with plan.environment():
        return small_constants(layer, plan.forward)


def _rounded(layer: object, plan: Plan) -> tuple[str, ...]:
    with plan.environment():
        return rounded_constants(layer, plan.forward, plan.backward)


def construct(cls: type, construction: Construction, plan: Plan) -> object:
    """Call the constructor, reseeded and silent.

    Raises:
        Exception: What the constructor raises.
    """
    with plan.environment(), protected(plan.seed, cls):
        built: object = construction.build(cls)
        return built


def _another(found: Accepted, plan: Plan) -> object:
    """Another instance, handed objects of its own: a container shares the layers in it with nobody."""
    arguments = Evaluator(layer=found.construction.arguments, seed=plan.seed).copy()
    return construct(type(found.layer), dataclasses.replace(found.construction, arguments=arguments), plan)


def remedy(identity: str, forward: Callable[..., Any] | None = None) -> tuple[str, ...]:
    """The lines that tell gradcheck how to build a layer."""
    name = identity.rpartition("::")[2].rpartition(".")[2]
    return case_lines(identity, "the layer", f"{name}(...)", forward)


def inputs_of(layer: object, plan: Plan, arguments: Mapping[str, Any]) -> Iterator[tuple[int, Inputs]]:
    """Inputs to try on a constructed layer, with their positions among the guesses, the likeliest first."""
    qualname = plan.identity.rpartition("::")[2]
    forward = getattr(layer, plan.forward)
    guesses = input_candidates(layer, forward, qualname=qualname, construction=arguments, seed=plan.seed)
    for index, inputs in enumerate(guesses):
        yield index, inputs
        for variant, other in enumerate(target_variants(inputs, plan.seed), 1):
            yield VARIANT * variant + index, other
    lists = list_candidates(layer, forward, qualname=qualname, construction=arguments, seed=plan.seed)
    yield from enumerate(lists, MOST)


def _at_batch(found: Accepted, plan: Plan, size: int) -> Case | None:
    """The same layer with the rows of its inputs repeated or cut to another batch size."""
    axis = _batch_axis(found)
    if axis is None:
        return None
    lengths = {array_of(found.inputs.arguments, name).shape[axis] for name in found.inputs.differentiable}
    if len(lengths) != 1:
        return None
    rows = np.arange(size) % next(iter(lengths))
    arguments = {
        name: np.take(value, rows, axis) if _has_batch(value, axis, lengths) else value
        for name, value in found.inputs.arguments.items()
    } | {
        name: [np.take(one, rows, axis) if _has_batch(one, axis, lengths) else one for one in value]
        for name, value in found.inputs.arguments.items()
        if is_list_of_arrays(value)
    }
    inputs = dataclasses.replace(found.inputs, arguments=arguments)
    try:
        subject = bound_or_prepared(request_of(found.layer, inputs, plan))
    except Exception:  # noqa: BLE001 - the layer refuses this batch size, for whatever reason; nothing is confirmed
        return None
    return case_of(dataclasses.replace(found, subject=subject, inputs=inputs), plan)


def _batch_axis(found: Accepted) -> int | None:
    """Axis of the samples; of inputs that a person gave the first."""
    return 0 if found.inputs.batch_axis is None and found.is_given else found.inputs.batch_axis


def _has_batch(value: object, axis: int, lengths: set[int]) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > axis and value.shape[axis] in lengths
