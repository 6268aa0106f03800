"""From a function and its backward, or an object with both, to a Case: the counterpart of `building`."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck import building
from gradcheck.cases.declaring.configuration import LayerSettings
from gradcheck.cases.declaring.remedies import case_lines
from gradcheck.cases.gradients.stabilisers import rounded_constants, small_constants
from gradcheck.cases.guessing.construct import Construction, configured, constructions
from gradcheck.cases.guessing.given import described, drawn_inputs, given_inputs
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.candidates import candidates
from gradcheck.cases.pairs.function_pair import FunctionPair
from gradcheck.cases.pairs.operations import operation_candidates
from gradcheck.cases.pairs.targets import Target, Unmade, pair_of, reads_arrays, target
from gradcheck.cases.running.items import is_list_of_arrays, owner
from gradcheck.choosing import Accepted, Plan, Recipe, agrees, bound, choose, misshapen, request_of
from gradcheck.constructing import first_accepting, recalled
from gradcheck.errors import BuildError
from gradcheck.pair_blueprints import blueprint_of
from gradcheck.pair_choosing import accepted, runs, stands_still
from gradcheck.pair_networks import network
from gradcheck.source.families import ACTIVATION, CONTEXT_FUNCTION
from gradcheck.source.pairs import METHODS
from gradcheck.types import Array, Case, Role, Subject

__all__ = ["Target", "build", "build_configured", "build_given", "declared", "given", "pair_of", "remedy", "target"]

#: How many constructed objects are tried before giving up on one that accepts no input.
MOST_CONSTRUCTED = 6
#: The first of them that was made where methods are tried on an object that was not.
FIRST_MADE = 2
#: Draws at which forward may move with its inputs: behind a rectifier, one shift in two leaves nothing to compare.
DRAWS = 4
#: Said of a static function that takes no arrays.
OF_A_TAPE = "# one that computes with the tensors of a tape is examined through the tape's operators: check its Tensor"


def build(cls: Target, plan: Plan, recipe: Recipe | None = None) -> tuple[Case, Recipe]:
    """Find inputs for a pair; an object that has both is constructed by guessing first.

    Args:
        cls: What is built.
        plan: What is built, and from what.
        recipe: What an earlier, identical search found; only that is tried.

    Raises:
        BuildError: It cannot be constructed, or accepts no input.
    """
    found = network(cls.cls, plan, recipe) if cls.site.family == ACTIVATION and cls.cls is not None else None
    if found is not None:
        return found
    return _search(cls, plan, recipe, _constructions(cls, plan), {})


def build_configured(cls: Target, plan: Plan, settings: LayerSettings) -> Case:
    """The Case of a pair some of whose arguments are configured; the others are guessed.

    Raises:
        BuildError: It does not run on them.
    """
    fixed: dict[str, Any] = drawn_inputs(settings.inputs, plan.seed) if settings.inputs else {}
    guesses: Iterable[Construction] = _constructions(cls, plan)
    if settings.init and cls.cls is not None:
        guesses = [configured(cls.cls, settings.init)]
    elif settings.init:
        fixed = {**settings.init, **fixed}
    return _search(cls, plan, None, guesses, fixed)[0]


def build_given(layer: FunctionPair, inputs: Inputs, plan: Plan, code: str) -> Case:
    """The Case of a pair and inputs that a person gave.

    Raises:
        BuildError: Forward or backward does not run on them.
    """
    own = _plan(plan)
    found, refused = choose(layer, Construction(arguments={}, code=code), 0, [(0, inputs)], own)
    if found is None:
        raise BuildError(refused, remedy(plan.identity))
    return _case(dataclasses.replace(found, is_given=True), own)


def declared(cls: Target, layer: object) -> FunctionPair:
    """The pair of a declared case: the object a person constructed, or the module's functions."""
    return cls.pair(layer if cls.cls is not None and isinstance(layer, cls.cls) else None)


def given(layer: FunctionPair, forward: str, positional: Sequence[Any], named: Mapping[str, Any]) -> Inputs:
    """How a person's inputs are read; a dictionary of arrays is taken apart.

    Args:
        layer: The pair.
        forward: The user's name of its forward.
        positional: Arguments in order.
        named: Arguments by name.

    Raises:
        UsageError: There are more arguments than forward takes, or none of them is a floating-point array.
    """
    whole = given_inputs(_Holder(layer.function(layer.value), forward), forward, positional, named)
    arguments, differentiable = dict(whole.arguments), list(whole.differentiable)
    for name, keys in layer.packed.items():
        held = arguments.get(name, {})
        arguments[name] = {key: value for key, value in held.items() if key not in keys}
        arguments |= {primal: np.asarray(held[key], dtype=np.float64) for key, primal in keys.items() if key in held}
        differentiable += [primal for key, primal in keys.items() if key in held]
    return dataclasses.replace(whole, arguments=arguments, differentiable=tuple(differentiable))


class _Holder:
    """A function where a layer with a method is asked for."""

    def __init__(self, function: Any, name: str) -> None:
        setattr(self, name, function)


def remedy(identity: str, forward: Callable[..., Any] | None = None) -> tuple[str, ...]:
    """The lines that tell gradcheck how to call a pair."""
    name = identity.rpartition("::")[2].rpartition(".")[2]
    return case_lines(identity, "the forward function, or the object,", name, forward)


def _plan(plan: Plan) -> Plan:
    return dataclasses.replace(plan, forward="forward", backward="backward")


def _constructions(cls: Target, plan: Plan) -> Iterator[Construction]:
    if cls.cls is None:
        return iter([Construction(arguments={}, code=_call(cls))])
    qualname = plan.identity.rpartition("::")[2]
    if cls.site.family == METHODS:
        of_objects = constructions(cls.cls, qualname=qualname.rpartition(".")[0])
        return itertools.chain([Unmade(arguments={}, code=_call(cls))], of_objects)
    return constructions(cls.cls, qualname=qualname)


def _call(cls: Target) -> str:
    prefix = {CONTEXT_FUNCTION: f"{cls.site.qualname}.", METHODS: f"{cls.site.qualname.rpartition('.')[0]}."}.get(
        cls.site.family, ""
    )
    return f"{prefix}{cls.site.forward.name}({', '.join(p.star + p.name for p in cls.site.forward.parameters)})"


def _search(
    cls: Target, plan: Plan, recipe: Recipe | None, guesses: Iterable[Construction], fixed: Mapping[str, Any]
) -> tuple[Case, Recipe]:
    own = _plan(plan)
    telling = (1, FIRST_MADE) if cls.site.family == METHODS else (1,)

    def made(construction: Construction) -> object:
        return building.construct(cls.cls, construction, plan) if cls.cls is not None else None

    def chosen(owner: object, construction: Construction, position: int) -> tuple[Accepted | None, str]:
        layer = cls.pair(owner)
        found, refused = _moving(layer, construction, position, own, recipe, fixed)
        if found is not None and owner is not None and _is_by_what_it_holds(owner, cls, found.subject):
            return None, f"{cls.site.backward.name} may be the gradient by what the object holds"
        return found, refused

    found, refusal = first_accepting(
        guesses, made, chosen, root=plan.root, recipe=recipe, most=MOST_CONSTRUCTED, telling=telling
    )
    if found is not None:
        return _case(found, own), found.recipe
    own_remedy = remedy(plan.identity, cls.value if callable(cls.value) else None)
    raise BuildError(refusal, (*own_remedy, OF_A_TAPE) if cls.site.family == CONTEXT_FUNCTION else own_remedy)


def _moving(
    layer: FunctionPair,
    construction: Construction,
    position: int,
    plan: Plan,
    recipe: Recipe | None,
    fixed: Mapping[str, Any],
) -> tuple[Accepted | None, str]:
    """The input a pair is judged on; other draws are tried while forward stands still on it."""
    first: tuple[Accepted | None, str] | None = None
    for draw in range(DRAWS):
        tried = recalled(_inputs(layer, dataclasses.replace(plan, seed=plan.seed + draw), fixed), recipe)
        answer = accepted(layer, construction, position, tried, plan, is_known=recipe is not None)
        first = first or answer
        found = answer[0]
        if first[0] is None or (found is not None and not stands_still(found.subject)):
            return answer
    return first or (None, "")


def _is_by_what_it_holds(owner: object, cls: Target, subject: Subject) -> bool:
    """Whether a derivative that is not one by the method's arguments may be one by arrays of the object."""
    odd = misshapen(subject) > 0
    if cls.site.family == METHODS:
        return odd or (reads_arrays(owner, cls.value) and not agrees(subject))
    return odd and reads_arrays(owner, cls.value)


def _inputs(layer: FunctionPair, plan: Plan, fixed: Mapping[str, Any]) -> Iterator[tuple[int, Inputs]]:
    """Inputs on which forward runs, with their positions; the first guess is among them, so that its error is told."""
    qualname = plan.identity.rpartition("::")[2]
    guesses = operation_candidates if layer.in_order else candidates
    for index, inputs in enumerate(guesses(layer.function(layer.value), qualname, plan.seed)):
        arguments = {**inputs.arguments, **fixed}
        added = tuple(name for name, value in fixed.items() if _is_float(value) and name not in inputs.differentiable)
        one = dataclasses.replace(
            inputs,
            arguments=arguments,
            differentiable=(*inputs.differentiable, *added),
            description=described(arguments) if fixed else inputs.description,
        )
        if index == 0 or runs(layer, one, plan):
            yield index, one


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and np.issubdtype(value.dtype, np.floating)


def _case(found: Accepted, plan: Plan) -> Case:
    layer = found.layer
    assert isinstance(layer, FunctionPair)  # noqa: S101 - made above
    with plan.environment():
        name = layer.value if isinstance(layer.value, str) else getattr(layer.value, "__name__", "")
        whose = layer.owner if layer.owner is not None else layer
        stabilisers, rounded = small_constants(whose, name), rounded_constants(whose, name, layer.pullback_name)
    case = building.case_of(found, plan)
    has_lists = any(is_list_of_arrays(value) for value in found.inputs.arguments.values())
    settings = dict(case.settings)
    for name, value in found.inputs.arguments.items():
        if name not in {owner(primal) for primal in found.subject.primals}:
            settings |= {
                plain(key): one for key, one in (value.items() if isinstance(value, dict) else [(name, value)])
            }
    return dataclasses.replace(
        case,
        stabilisers=stabilisers,
        rounded=rounded,
        settings=settings,
        at_batch=lambda size: _at_batch(found, plan, size),
        another=None,
        # The search draws one array per argument.
        blueprint=None if has_lists or found.is_cut else blueprint_of(found, plan, lambda other: _case(other, plan)),
    )


def _at_batch(found: Accepted, plan: Plan, size: int) -> Case | None:
    """The same pair with the rows of its data repeated or cut to another batch size."""
    axis = found.inputs.batch_axis or 0
    data = [x for name, x in found.subject.primals.items() if found.subject.roles[name] is Role.INPUT]
    lengths = {x.shape[axis] for x in data if x.ndim > axis}
    if len(lengths) != 1:
        return None
    rows = np.arange(size) % next(iter(lengths))

    def taken(name: str, value: Any) -> Any:
        if is_list_of_arrays(value):
            return type(value)(taken(f"{name}[{index}]", one) for index, one in enumerate(value))
        is_data = name not in found.subject.roles or found.subject.roles[name] is Role.INPUT
        has_batch = isinstance(value, np.ndarray) and value.ndim > axis and value.shape[axis] in lengths
        return np.take(value, rows, axis) if is_data and has_batch else value

    arguments: dict[str, Array] = {name: taken(name, value) for name, value in found.inputs.arguments.items()}
    inputs = dataclasses.replace(found.inputs, arguments=arguments)
    try:
        subject = bound(request_of(found.layer, inputs, plan))
    except Exception:  # noqa: BLE001 - it refuses this batch size, for whatever reason; nothing is confirmed
        return None
    return _case(dataclasses.replace(found, subject=subject, inputs=inputs), plan)
