"""From a class to a Case: construct it, find inputs it accepts, bind it; guesses are tried, never trusted.

A guessed input is no evidence against a layer that is right on another layout: the first accepted input decides
unless a later one of another layout agrees with the oracle.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck import extensions
from gradcheck.cases.binding import Request
from gradcheck.cases.candidates import excuses, is_single
from gradcheck.cases.configuration import LayerSettings
from gradcheck.cases.construct import Construction, constructions
from gradcheck.cases.crashing import crashing_subject
from gradcheck.cases.evaluation import Environment, Evaluator, protected
from gradcheck.cases.given import configured_inputs
from gradcheck.cases.hooks import prepared
from gradcheck.cases.inputs import Inputs, input_candidates
from gradcheck.cases.reasons import one_line
from gradcheck.cases.stabilisers import small_constants
from gradcheck.cases.state import lists
from gradcheck.errors import BuildError
from gradcheck.judging import probing
from gradcheck.oracles import finite_difference
from gradcheck.types import Adapter, Case, Profile, Role, Subject

#: How many accepted inputs are tried before the first of them is taken.
MOST_ACCEPTED = 6
#: How many constructed objects are tried before giving up on one that accepts no input.
MOST_CONSTRUCTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is built, and from what.

    Attributes:
        identity: The layer's identity.
        forward, backward: Method names.
        seed: The layer's seed.
        root: Absolute project root, by which the user's frames are recognised.
        path, line: Where backward is written.
        environment: Context for the module's lazy imports.
    """

    identity: str
    forward: str
    backward: str
    seed: int
    root: str = ""
    path: str = ""
    line: int = 0
    environment: Environment = field(default=contextlib.nullcontext)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Which construction and which input of it were taken, by position among the guesses."""

    construction: int
    inputs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An input that the layer accepts, bound, and the recipe that led to it."""

    subject: Subject
    layer: object
    code: str
    arguments: Mapping[str, Any]
    inputs: Inputs
    recipe: Recipe
    is_given: bool = False


def build(cls: type, plan: Plan, recipe: Recipe | None = None) -> tuple[Case, Recipe]:
    """Construct a class by guessing and find an input for it.

    Args:
        cls: The layer class.
        plan: What is built.
        recipe: What an earlier, identical search found; only that is tried.

    Raises:
        BuildError: It cannot be constructed, or accepts no input.
    """
    refusal = "its constructor was not understood"
    constructed = 0
    for position, construction in enumerate(constructions(cls, qualname=plan.identity.rpartition("::")[2])):
        if recipe is not None and position != recipe.construction:
            continue
        try:
            layer = construct(cls, construction.arguments, plan)
        except Exception as error:  # noqa: BLE001 - the user's constructor may raise anything; the next guess may fit
            if constructed == 0:
                refusal = f"{construction.code} raises {one_line(error, plan.root)}"
            continue
        constructed += 1
        candidates = _inputs(layer, plan, construction.arguments)
        if recipe is not None:
            candidates = (pair for pair in candidates if pair[0] == recipe.inputs)
        found, refused = choose(layer, construction.code, construction.arguments, position, candidates, plan)
        if found is not None:
            return case_of(found, plan), found.recipe
        if constructed == 1:
            refusal = f"{construction.code} accepts none of the inputs tried; {refused}"
        if constructed >= MOST_CONSTRUCTED:
            break
    prefix = "could not be constructed: " if constructed == 0 else ""
    raise BuildError(prefix + refusal, remedy(plan.identity))


def build_given(layer: object, inputs: Inputs, plan: Plan, code: str) -> Case:
    """The Case of a layer and inputs that a person gave.

    Raises:
        BuildError: Forward or backward does not run on them.
    """
    recipe = Recipe(construction=0, inputs=0)
    found, refused = choose(layer, code, {}, recipe.construction, [(0, inputs)], plan)
    if found is None:
        raise BuildError(refused, remedy(plan.identity))
    return case_of(dataclasses.replace(found, is_given=True), plan)


def build_configured(cls: type, plan: Plan, settings: LayerSettings) -> Case:
    """The Case of a class whose constructor arguments or inputs are configured.

    Raises:
        BuildError: The class cannot be constructed so, or does not run on the inputs.
    """
    if settings.init:
        code = f"{cls.__name__}({', '.join(f'{name}={value!r}' for name, value in settings.init.items())})"
        guesses: Iterable[Construction] = [Construction(arguments=settings.init, code=code)]
    else:
        guesses = constructions(cls, qualname=plan.identity.rpartition("::")[2])
    refusal = "its constructor was not understood"
    for position, construction in enumerate(guesses):
        try:
            layer = construct(cls, construction.arguments, plan)
        except Exception as error:  # noqa: BLE001 - the user's constructor may raise anything
            refusal = f"{construction.code} raises {one_line(error, plan.root)}"
            continue
        candidates = _inputs(layer, plan, construction.arguments)
        if settings.inputs:
            candidates = iter([(0, configured_inputs(layer, plan.forward, settings.inputs, plan.seed))])
        found, refusal = choose(layer, construction.code, construction.arguments, position, candidates, plan)
        if found is not None:
            return case_of(found, plan)
    raise BuildError(refusal, remedy(plan.identity))


def choose(
    layer: object,
    code: str,
    arguments: Mapping[str, Any],
    position: int,
    candidates: Iterable[tuple[int, Inputs]],
    plan: Plan,
) -> tuple[Accepted | None, str]:
    """Take the first input that agrees with the oracle, else the first that is accepted, else none and why.

    Args:
        layer: The constructed layer; it is not touched.
        code: The Python that constructed it.
        arguments: What it was constructed with.
        position: The construction's position among the guesses.
        candidates: Inputs with their positions, best guess first.
        plan: What is built.
    """
    accepted: list[Accepted] = []
    crashed: list[Accepted] = []
    refusals: list[str] = []
    for index, inputs in candidates:
        request = _request(layer, inputs, plan)
        recipe = Recipe(construction=position, inputs=index)
        try:
            subject = _bound_or_prepared(request)
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything; told if nothing else works
            told = one_line(error, plan.root)
            refusals.append(f"{inputs.description}: {told}")
            broken = crashing_subject(request, error, told)
            if broken is not None:
                crashed.append(_accepted(broken, layer, code, arguments, inputs, recipe))
            continue
        found = _accepted(subject, layer, code, arguments, inputs, recipe)
        if not agrees(subject):
            accepted.append(found)
        elif not accepted or excuses(subject, accepted[0].subject):
            return found, ""
        if len(accepted) >= MOST_ACCEPTED:
            break
    refused = refusals[0] if refusals else "no input could be thought of"
    # A backward that crashes on a guess speaks against the guess, unless all that is accepted is a single sample.
    batches = [one for one in accepted if not is_single(one.subject)]
    if batches:
        return min(batches, key=lambda one: (misshapen(one.subject), one.recipe.inputs)), ""
    ranked = sorted([*accepted, *crashed], key=lambda one: one.recipe.inputs)
    return (ranked[0] if ranked else None), refused


def bound(request: Request) -> Subject:
    """Bind with the adapter whose convention it is and measure how exact forward is.

    Raises:
        BuildError: The adapter cannot.
        Exception: What forward or backward raises.
    """
    adapters = extensions.load_all("gradcheck.adapters", "ADAPTER", Adapter)
    adapter = next(adapter for adapter in adapters.values() if adapter.recognises(request))
    subject = adapter.bind(request)
    y = subject.value(subject.primals)
    return dataclasses.replace(subject, noise=finite_difference.measure_noise(subject, y))


def agrees(subject: Subject) -> bool:
    """Whether one joint probe of every primal agrees with finite differences; the full check comes later."""
    point = probing.point_of(subject, 0, Profile.FAST)
    names = list(point.gradients[0])
    if set(names) != set(subject.primals):
        return False
    direction = probing.tangents(subject, names, 0, "building")
    _, rows = probing.take(point, [direction], finite_difference.ORACLE)
    reference = max(abs(probe.expected) for probe in rows[0])
    return all(probe.decides(reference) and not probe.disagrees for probe in rows[0])


def misshapen(subject: Subject) -> int:
    """How many gradients are missing or of another shape than their variable.

    Of several inputs on which a layer is wrong, the one on which its shapes are right is more likely its layout.
    """
    return len(subject.primals) - len(probing.point_of(subject, 0, Profile.FAST).gradients[0])


def case_of(found: Accepted, plan: Plan) -> Case:
    """The Case of an accepted input."""
    return Case(
        layer=plan.identity,
        construction=found.code,
        inputs=found.inputs.description,
        seed=plan.seed,
        subject=found.subject,
        line=plan.line,
        path=plan.path,
        invented=_invented(found),
        stabilisers=_stabilisers(found.layer, plan),
        at_batch=lambda size: _at_batch(found, plan, size),
    )


def _invented(found: Accepted) -> tuple[str, ...]:
    """Primals whose shape is a guess: single samples, and parameters made by arrays or functions we handed over."""
    subject = found.subject
    made = any(isinstance(v, np.ndarray) or inspect.isroutine(v) for v in found.arguments.values())
    return tuple(
        name
        for name, x in subject.primals.items()
        if (made if subject.roles[name] is Role.PARAMETER else x.ndim < 2 and not found.is_given)
    )


def _stabilisers(layer: object, plan: Plan) -> tuple[float, ...]:
    with plan.environment():
        return small_constants(layer, plan.forward)


def construct(cls: type, arguments: Mapping[str, Any], plan: Plan) -> object:
    """Call the constructor, reseeded and silent; positional-only and starred arguments by position.

    Raises:
        Exception: What the constructor raises.
    """
    by_position: list[Any] = []
    by_name: dict[str, Any] = {}
    parameters = inspect.signature(cls).parameters
    for name, value in arguments.items():
        kind = parameters[name].kind if name in parameters else inspect.Parameter.KEYWORD_ONLY
        if kind is inspect.Parameter.POSITIONAL_ONLY:
            by_position.append(value)
        elif kind is inspect.Parameter.VAR_POSITIONAL:
            by_position.extend(value)
        else:
            by_name[name] = value
    with plan.environment(), protected(plan.seed, cls.__module__):
        return cls(*by_position, **by_name)


def remedy(identity: str) -> tuple[str, ...]:
    """The lines that tell gradcheck how to build a layer."""
    name = identity.rpartition("::")[2].rpartition(".")[2]
    return (
        f'@gradcheck.case("{identity}")  # in conftest.py; returns the layer and its inputs',
        f"def {name.lower()}_case(): return {name}(...), np.random.randn(4, 8)",
    )


def _bound_or_prepared(request: Request) -> Subject:
    """Bind the layer as it is, else as it is after the hooks that frameworks call before its first forward."""
    try:
        return _bound_or_forgetting(request)
    except Exception:
        x = next((v for v in request.arguments.values() if isinstance(v, np.ndarray)), None)
        for layer in prepared(request.evaluator, x) if x is not None and x.ndim else ():
            again = dataclasses.replace(request, evaluator=dataclasses.replace(request.evaluator, layer=layer))
            with contextlib.suppress(Exception):  # the first error is the one to tell
                return _bound_or_forgetting(again)
        raise


def _bound_or_forgetting(request: Request) -> Subject:
    """Bind; where that fails or disagrees, bind a lazy layer as if its first forward had appended nothing.

    Some frameworks keep one cache per call in lists and expect one backward for each; others count their calls.
    """
    forgetting = dataclasses.replace(request, forget_calls=True)
    keeps_lists = any(not held for _, held in lists(request.evaluator.layer))
    try:
        subject = bound(request)
    except Exception:
        if keeps_lists:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                return bound(forgetting)
        raise
    if keeps_lists and not agrees(subject):
        with contextlib.suppress(Exception):  # the first subject stands
            other = bound(forgetting)
            return other if agrees(other) else subject
    return subject


def _inputs(layer: object, plan: Plan, arguments: Mapping[str, Any]) -> Iterator[tuple[int, Inputs]]:
    qualname = plan.identity.rpartition("::")[2]
    forward = getattr(layer, plan.forward)
    return enumerate(input_candidates(layer, forward, qualname=qualname, construction=arguments, seed=plan.seed))


def _at_batch(found: Accepted, plan: Plan, size: int) -> Case | None:
    """The same layer with the rows of its inputs repeated or cut to another batch size."""
    axis = found.inputs.batch_axis or 0
    lengths = {found.inputs.arguments[name].shape[axis] for name in found.inputs.differentiable}
    if len(lengths) != 1:
        return None
    rows = np.arange(size) % next(iter(lengths))
    arguments = {
        name: np.take(value, rows, axis) if _has_batch(value, axis, lengths) else value
        for name, value in found.inputs.arguments.items()
    }
    inputs = dataclasses.replace(found.inputs, arguments=arguments)
    try:
        subject = _bound_or_prepared(_request(found.layer, inputs, plan))
    except Exception:  # noqa: BLE001 - the layer refuses this batch size, for whatever reason; nothing is confirmed
        return None
    return case_of(dataclasses.replace(found, subject=subject, inputs=inputs), plan)


def _has_batch(value: object, axis: int, lengths: set[int]) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > axis and value.shape[axis] in lengths


def _request(layer: object, inputs: Inputs, plan: Plan) -> Request:
    return Request(
        identity=plan.identity,
        evaluator=Evaluator(layer=layer, seed=plan.seed, environment=plan.environment),
        forward=plan.forward,
        backward=plan.backward,
        arguments=inputs.arguments,
        differentiable=tuple(inputs.differentiable),
    )


def _accepted(
    subject: Subject, layer: object, code: str, arguments: Mapping[str, Any], inputs: Inputs, recipe: Recipe
) -> Accepted:
    return Accepted(subject=subject, layer=layer, code=code, arguments=arguments, inputs=inputs, recipe=recipe)
