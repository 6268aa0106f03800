"""Of the inputs guessed for a layer, the one it is judged on.

A guessed input is no evidence against a layer that is right on another layout: the first accepted input decides
unless a later one of another layout agrees with the oracle.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from gradcheck import extensions
from gradcheck.cases.guessing.candidates import excuses, is_accidental, is_single, may_broadcast
from gradcheck.cases.guessing.construct import Construction
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.pairs.binding import biases
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.running.crashing import crashing_subject
from gradcheck.cases.running.evaluation import Environment, Evaluator
from gradcheck.cases.running.hooks import prepared
from gradcheck.cases.running.items import array_of
from gradcheck.cases.running.request import Request
from gradcheck.cases.states.state import lists
from gradcheck.errors import BuildError
from gradcheck.judging import probing
from gradcheck.oracles import finite_difference
from gradcheck.types import Adapter, Array, Primals, Profile, Pullback, Role, Subject, Vjp

#: How many accepted inputs are tried, single vectors apart, before the first of them is taken.
MOST_ACCEPTED = 6


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
    construction: Construction
    inputs: Inputs
    recipe: Recipe
    is_given: bool = False
    #: Whether a size is what forward reads of a larger input: no other one means more.
    is_cut: bool = False


def choose(
    layer: object,
    construction: Construction,
    position: int,
    candidates: Iterable[tuple[int, Inputs]],
    plan: Plan,
) -> tuple[Accepted | None, str]:
    """Take the first input that agrees with the oracle, else the first that is accepted, else none and why.

    Args:
        layer: The constructed layer; it is not touched.
        construction: How it was constructed.
        position: The construction's position among the guesses.
        candidates: Inputs with their positions, best guess first.
        plan: What is built.
    """
    accepted: list[Accepted] = []
    crashed: list[Accepted] = []
    refusals: list[str] = []
    for index, inputs in candidates:
        if len(accepted) >= MOST_ACCEPTED and not _is_vector(inputs):
            continue
        request = request_of(layer, inputs, plan)
        recipe = Recipe(construction=position, inputs=index)
        try:
            subject = bound_or_prepared(request)
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything; told if nothing else works
            told = one_line(error, plan.root)
            refusals.append(f"{inputs.description}: {told}")
            broken = crashing_subject(request, error, told)
            if broken is not None and not is_single(broken) and len(inputs.differentiable) == 1:
                crashed.append(
                    Accepted(subject=broken, layer=layer, construction=construction, inputs=inputs, recipe=recipe)
                )
            continue
        found = Accepted(subject=subject, layer=layer, construction=construction, inputs=inputs, recipe=recipe)
        if not agrees(subject):
            if is_accidental(subject) or _is_stretched(found) or (may_broadcast(subject) and misshapen(subject)):
                refusals.append(f"{inputs.description}: its inputs met by broadcasting only")
            else:
                accepted.append(found)
        else:
            against = min([*accepted, *crashed], key=lambda one: one.recipe.inputs, default=None)
            if against is None or (not subject.uncompared and _excuses(found, against, accepted)):
                return found, ""
    refused = refusals[0] if refusals else "no input could be thought of"
    # A backward that crashes on a guess speaks against the guess, unless all that is accepted is a single sample.
    batches = [one for one in accepted if not is_single(one.subject)]
    if len(batches) == 1:
        return batches[0], ""
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
    fitting = [adapter for adapter in adapters.values() if adapter.recognises(request)]
    if len(fitting) != 1:
        names = " and ".join(adapter.name for adapter in fitting) or "no adapter"
        raise BuildError(f"its convention must be one adapter's; {names} recognise it")
    subject = fitting[0].bind(request)
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


def _is_vector(inputs: Inputs) -> bool:
    """Whether the layer is handed one vector: such guesses come last and are tried however many came before."""
    return all(array_of(inputs.arguments, name).ndim == 1 for name in inputs.differentiable)


def _is_stretched(found: Accepted) -> bool:
    """Whether an input of which no gradient was recognised lies beside one that an axis of length one stretches."""
    shapes = {name: array_of(found.inputs.arguments, name).shape for name in found.inputs.differentiable}
    lost = any(name not in found.subject.primals for name in shapes)
    return lost and len(shapes) > 1 and any(1 in shape and len(shape) > 1 for shape in shapes.values())


def _excuses(found: Accepted, against: Accepted, accepted: list[Accepted]) -> bool:
    """Whether being right on one input says that the other was not meant for the layer."""
    if _is_other_setting(found.inputs, against.inputs):
        return False
    is_crash = not any(against is one for one in accepted)
    odd = not is_crash and _is_misshapen(against)
    if excuses(found.subject, against.subject, misshapen=odd, crashes=is_crash):
        return True
    return _is_other_target(found.inputs, against.inputs)


def _is_other_target(found: Inputs, against: Inputs) -> bool:
    """Whether two inputs of a loss differ in their targets alone: what a target may be is not known."""
    if found.differentiable != against.differentiable or len(found.arguments) < 2:
        return False
    same = (
        np.array_equal(array_of(found.arguments, name), array_of(against.arguments, name))
        for name in found.differentiable
    )
    return len(found.differentiable) == 1 and all(same)


def _is_other_setting(found: Inputs, against: Inputs) -> bool:
    """Whether two inputs differ in a stride or another setting: a layer must be right for each that it accepts."""
    kinds = (bool, int, float, dict)
    both = [(value, against.arguments.get(name)) for name, value in found.arguments.items()]
    return any(one != other for one, other in both if isinstance(one, kinds) and isinstance(other, kinds))


def _is_misshapen(one: Accepted) -> bool:
    """Whether a parameter's gradient came in another shape: an outer product of what was meant to be vectors.

    One that lacks nothing but the sum over the batch, along which its parameter was broadcast, speaks of no layout.
    """
    subject = one.subject
    point = probing.point_of(subject, 0, Profile.FAST)
    compared = point.gradients[0]
    odd = [name for name, role in subject.roles.items() if role is Role.PARAMETER and name not in compared]
    answered = point.vjp(point.cotangents[0]).gradients if odd else {}
    rest = [n for n in odd if n not in answered or not _is_unsummed(answered[n], subject.primals[n], point.y)]
    beside = biases(one.layer, rest) if isinstance(one.layer, FunctionPair) else frozenset()
    return bool(rest) and not (beside.issuperset(rest) and _lacks_a_sum(subject, rest))


def _lacks_a_sum(subject: Subject, names: list[str]) -> bool:
    """Whether summing some gradients over their first axis makes all of the subject's right."""
    if not all(subject.primals[name].ndim == 1 for name in names):
        return False

    def value_and_vjp(primals: Primals) -> tuple[Array, Vjp]:
        y, vjp = subject.value_and_vjp(primals)

        def summed(y_bar: Array) -> Pullback:
            pullback = vjp(y_bar)
            given = {n: g.sum(axis=0) if n in names and g.ndim == 2 else g for n, g in pullback.gradients.items()}
            return dataclasses.replace(pullback, gradients=given)

        return y, summed

    return agrees(dataclasses.replace(subject, value_and_vjp=value_and_vjp))


def _is_unsummed(gradient: Array, x: Array, y: Array) -> bool:
    """Whether a gradient has the answer's shape and its variable is a column of it: the sum over samples is missing."""
    return gradient.shape == y.shape and x.ndim == y.ndim == 2 and x.shape == (y.shape[0], 1)


def misshapen(subject: Subject) -> int:
    """How many gradients are missing or of another shape than their variable.

    Of several inputs on which a layer is wrong, the one on which its shapes are right is more likely its layout.
    """
    compared = probing.point_of(subject, 0, Profile.FAST).gradients[0]
    return len(subject.primals) + len(subject.uncompared) - len(compared)


def bound_or_prepared(request: Request) -> Subject:
    """Bind the layer as it is, else as it is after the hooks that frameworks call before its first forward."""
    try:
        return _bound_or_forgetting(request)
    except Exception as error:  # the user's code may raise anything; told where the hooks do not help
        told: Exception = error
        for again in _prepared(request):
            try:
                return _bound_or_forgetting(again)
            except Exception as further:  # noqa: BLE001 - the same
                # The first error is the one to tell, unless all it misses is what a hook has set.
                missed = isinstance(error, AttributeError) and hasattr(again.evaluator.layer, error.name or "")
                told = further if told is error and (missed or "NoneType" in str(error)) else told
        if told is error:
            raise
        raise told from error


def _prepared(request: Request) -> Iterator[Request]:
    """The same of copies of the layer on which its hooks have been called."""
    x = next((v for v in request.arguments.values() if isinstance(v, np.ndarray)), None)
    for layer in prepared(request.evaluator, x) if x is not None and x.ndim else ():
        yield dataclasses.replace(request, evaluator=dataclasses.replace(request.evaluator, layer=layer))


def _bound_or_forgetting(request: Request) -> Subject:
    """Bind; where that fails or disagrees, bind a lazy layer as if its first forward had appended nothing.

    Some frameworks keep one cache per call in lists and expect one backward for each; others count their calls.
    """
    forgetting = dataclasses.replace(request, forget_calls=True)
    keeps_lists = any(not held for _, held in lists(request.evaluator.layer))
    try:
        subject = bound(request)
    except Exception:  # raised again where forgetting does not help
        if keeps_lists:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                return bound(forgetting)
        raise
    if keeps_lists and not agrees(subject):
        with contextlib.suppress(Exception):  # the first subject stands
            other = bound(forgetting)
            return other if agrees(other) else subject
    return subject


def request_of(layer: object, inputs: Inputs, plan: Plan) -> Request:
    """What an adapter is asked to bind: this layer on these inputs."""
    return Request(
        identity=plan.identity,
        evaluator=Evaluator(layer=layer, seed=plan.seed, environment=plan.environment),
        forward=plan.forward,
        backward=plan.backward,
        arguments=inputs.arguments,
        differentiable=tuple(inputs.differentiable),
    )
