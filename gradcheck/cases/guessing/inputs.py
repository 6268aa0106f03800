"""Inputs to try on a constructed layer: which arguments forward takes, what shape they have, what values."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.cases.guessing.companions import Beside, Constant, Value, companion, variants
from gradcheck.cases.guessing.construct import signature_of
from gradcheck.cases.guessing.draws import DIFFERENTIABLE, draw
from gradcheck.cases.guessing.known import Known, known_of
from gradcheck.cases.guessing.layouts import Layout, layouts
from gradcheck.cases.guessing.loss_inputs import pairs
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import family_of, plain
from gradcheck.cases.naming.forward_roles import ForwardArgument, flag_value, forward_arguments, loss_roles

#: Candidates yielded at most, and lists of arrays beside them.
MOST: Final = 24
MOST_LISTS: Final = 2
#: What the number of inputs is called, and the most of them that are drawn.
COUNT_OF_INPUTS: Final = re.compile(r"(n|nr|num|numberof)inputs|arity")
MOST_COUNTED: Final = 4
_POSITIVE = re.compile(r"log(?!istic|softmax|sigmoid|it)|sqrt|root|reciprocal|inverse|power|^pow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One way to call forward.

    Attributes:
        arguments: By name, in forward's order; `*args` is "x".
        differentiable: Names of the float arrays to differentiate by; `xs[1]` is the second of a list.
        batch_axis: Axis of the batch in the first of them, None for a single sample and where a person gave them.
        description: One line, such as `x (4, 8)`.
    """

    arguments: Mapping[str, Any]
    differentiable: tuple[str, ...]
    batch_axis: int | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    values: Mapping[str, Value | Constant]
    differentiable: tuple[str, ...]


def input_candidates(
    layer: object,
    forward: Callable[..., Any],
    *,
    qualname: str,
    construction: Mapping[str, Any],
    seed: int,
    batch: int = sizes.BATCH,
) -> Iterator[Inputs]:
    """Yield inputs to try, the most likely first, at most 24.

    Args:
        layer: The constructed layer; its arrays and attributes are read, nothing is called.
        forward: Its bound forward.
        qualname: Name of its class, as a clue.
        construction: Its constructor's arguments, whose sizes the inputs must fit.
        seed: The case's seed.
        batch: Rows of the batch.
    """
    arguments = _counted(forward_arguments(forward), layer, forward, construction)
    known = known_of(layer, construction, family_of(qualname))
    seen: set[str] = set()
    for plan in _plans(arguments, known, qualname, batch):
        ordered = {a.name: plan.values[a.name] for a in arguments}
        description = ", ".join(f"{name} {_describe(value)}" for name, value in ordered.items()) or "no inputs"
        if description in seen:
            continue
        seen.add(description)
        yield Inputs(
            arguments={name: _made(value, name, seed) for name, value in ordered.items()},
            differentiable=plan.differentiable,
            batch_axis=next((v.batch_axis for v in ordered.values() if isinstance(v, Value)), None),
            description=description,
        )
        if len(seen) == MOST:
            return


def _counted(
    arguments: list[ForwardArgument], layer: object, forward: Callable[..., Any], construction: Mapping[str, Any]
) -> list[ForwardArgument]:
    """The same, with as many inputs as a layer was told of whose forward takes any number of them."""
    starred = [p for p in inspect.signature(forward).parameters.values() if p.kind is p.VAR_POSITIONAL]
    if not starred or len(arguments) != 1 or arguments[0].name in inspect.signature(forward).parameters:
        return arguments
    told = {p.name: p.default for p in signature_of(type(layer))} | dict(construction)
    count = next((n for name, n in told.items() if COUNT_OF_INPUTS.fullmatch(plain(name)) and type(n) is int), 1)
    names = [arguments[0].name, *(f"x{place}" for place in range(2, min(count, MOST_COUNTED) + 1))]
    return [ForwardArgument(name=name, role="input") for name in names]


def list_candidates(
    layer: object, forward: Callable[..., Any], *, qualname: str, construction: Mapping[str, Any], seed: int
) -> Iterator[Inputs]:
    """Yield lists of two arrays of one shape, for a layer handed nothing else: a sum, a product, a concatenation.

    Args:
        layer: The constructed layer.
        forward: Its bound forward.
        qualname: Name of its class, as a clue.
        construction: Its constructor's arguments.
        seed: The case's seed.
    """
    arguments = forward_arguments(forward)
    if len(arguments) != 1 or arguments[0].role != "input":
        return
    name = arguments[0].name
    known = known_of(layer, construction, family_of(qualname))
    for layout in itertools.islice(layouts(known, sizes.BATCH, positive_first=False, ids_first=False), MOST_LISTS):
        value = Value(shape=layout.shape, kind="gaussian", batch_axis=layout.batch_axis)
        items = (f"{name}[0]", f"{name}[1]")
        yield Inputs(
            arguments={name: [_made(value, item, seed) for item in items]},
            differentiable=items,
            batch_axis=layout.batch_axis,
            description=f"{name} [{layout.shape}, {layout.shape}]",
        )


def _plans(arguments: Sequence[ForwardArgument], known: Known, qualname: str, batch: int) -> Iterator[_Plan]:
    roles = loss_roles(arguments, known.family)
    if roles is not None:
        if known.family != "loss" and plain(roles[1]) == "y":
            # `forward(x, y)` may as well be an elementwise product or an attention of x to y.
            yield from itertools.islice(_layer_plans(arguments, known, qualname, batch), 2)
        yield from _loss_plans(arguments, roles, known, qualname, batch)
        if known.family == "loss":
            # Equal kinds on both sides would be real targets for a cross-entropy.
            return
    yield from _layer_plans(arguments, known, qualname, batch)


def _loss_plans(
    arguments: Sequence[ForwardArgument], roles: tuple[str, str], known: Known, qualname: str, batch: int
) -> Iterator[_Plan]:
    prediction, target = roles
    has_lengths = any(a.role == "lengths" for a in arguments)
    for first, second in pairs(qualname, (prediction, target), known, batch, has_lengths=has_lengths):
        values: dict[str, Value | Constant] = {prediction: first, target: second}
        layout = Layout(name="loss", shape=first.shape, batch_axis=first.batch_axis, kind=first.kind)
        for a in arguments:
            if a.name not in values:
                is_targets = re.search("target|label", plain(a.name)) is not None
                length = second.shape[-1] if is_targets and second.shape else first.shape[0]
                values[a.name] = companion(a, Beside(layout=layout, known=known, length=length))
        yield _Plan(values=values, differentiable=(prediction,))


def _layer_plans(arguments: Sequence[ForwardArgument], known: Known, qualname: str, batch: int) -> Iterator[_Plan]:
    inputs = [a for a in arguments if a.role != "flag"]
    if not inputs:
        yield _Plan(values={a.name: Constant(flag_value(a.name)) for a in arguments}, differentiable=())
        return
    tried = layouts(
        known,
        batch,
        positive_first=_POSITIVE.search(plain(qualname.rpartition(".")[2])) is not None,
        ids_first=inputs[0].role == "ids" or known.is_vocabulary_given,
    )
    for layout, variant in itertools.product(tried, range(variants(inputs))):
        beside = Beside(layout=layout, known=known, variant=variant, length=layout.shape[-1])
        values = {a.name: beside.same if a is inputs[0] else companion(a, beside) for a in arguments}
        names = tuple(n for n, v in values.items() if isinstance(v, Value) and v.kind in DIFFERENTIABLE)
        yield _Plan(values=values, differentiable=names)


def _made(value: Value | Constant, name: str, seed: int) -> Any:
    if isinstance(value, Constant):
        return value.value
    return draw(value.kind, value.shape, name, seed, batch_axis=value.batch_axis, below=value.below)


def _describe(value: Value | Constant) -> str:
    if isinstance(value, Constant):
        return f"= {value.value!r}"
    return f"{value.shape}" if value.kind == "gaussian" else f"{value.shape} {value.kind}"
