"""Inputs to try on a constructed layer: which arguments forward takes, what shape they have, what values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.cases import sizes
from gradcheck.cases.draws import DIFFERENTIABLE, Kind, draw
from gradcheck.cases.family import family_of, plain
from gradcheck.cases.forward_roles import ForwardArgument, flag_value, forward_arguments, loss_roles
from gradcheck.cases.known import Known, known_of
from gradcheck.cases.layouts import Layout, layouts
from gradcheck.cases.loss_inputs import Value, pairs

#: Candidates yielded at most.
MOST: Final = 24
_POSITIVE = re.compile(r"log(?!istic|softmax|sigmoid|it)|sqrt|root|reciprocal|inverse|power|^pow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One way to call forward.

    Attributes:
        arguments: By name, in forward's order; `*args` is "x".
        differentiable: Names of the float arrays to differentiate by.
        batch_axis: Axis of the batch in the first of them, None for a single sample.
        description: One line, such as `x (4, 8)`.
    """

    arguments: Mapping[str, Any]
    differentiable: tuple[str, ...]
    batch_axis: int | None
    description: str


@dataclass(frozen=True, slots=True)
class _Constant:
    value: Any


#: Masks tried after None, over batch N and steps T: the padding of every row, and one that is no padding.
_MASKS: Final[tuple[tuple[Kind, str], ...]] = (("ones", "N1T"), ("ones", "N11T"), ("causal", "TT"))

_Plan = dict[str, Value | _Constant]


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
    arguments = forward_arguments(forward)
    known = known_of(layer, construction, family_of(qualname))
    seen: set[str] = set()
    for plan, differentiable in _plans(arguments, known, qualname, batch):
        if len(seen) == MOST:
            return
        ordered = {a.name: plan[a.name] for a in arguments}
        description = ", ".join(f"{name} {_describe(value)}" for name, value in ordered.items())
        if description in seen:
            continue
        seen.add(description)
        yield Inputs(
            arguments={name: _made(value, name, seed) for name, value in ordered.items()},
            differentiable=differentiable,
            batch_axis=next((v.batch_axis for v in ordered.values() if isinstance(v, Value)), None),
            description=description or "no inputs",
        )


def _plans(
    arguments: Sequence[ForwardArgument], known: Known, qualname: str, batch: int
) -> Iterator[tuple[_Plan, tuple[str, ...]]]:
    roles = loss_roles(arguments, known.family)
    if roles is None:
        yield from _layer_plans(arguments, known, qualname, batch)
        return
    if known.family != "loss" and plain(roles[1]) == "y":
        # `forward(x, y)` may as well be an elementwise product; equal shapes suit both.
        yield from itertools.islice(_layer_plans(arguments, known, qualname, batch), 1)
    prediction, target = roles
    has_lengths = any(a.role == "lengths" for a in arguments)
    for first, second in pairs(qualname, prediction, known, batch, has_lengths=has_lengths):
        plan: _Plan = {prediction: first, target: second}
        layout = Layout(name="loss", shape=first.shape, batch_axis=first.batch_axis, kind=first.kind)
        for a in arguments:
            if a.name not in plan:
                length = second.shape[-1] if "target" in plain(a.name) or "label" in plain(a.name) else first.shape[0]
                plan[a.name] = _companion(a, layout, known, 0, length=length)
        yield plan, (prediction,)
    yield from _layer_plans(arguments, known, qualname, batch)


def _layer_plans(
    arguments: Sequence[ForwardArgument], known: Known, qualname: str, batch: int
) -> Iterator[tuple[_Plan, tuple[str, ...]]]:
    inputs = [a for a in arguments if a.role != "flag"]
    if not inputs:
        yield {a.name: _Constant(flag_value(a.name)) for a in arguments}, ()
        return
    primary = inputs[0]
    name = plain(qualname.rpartition(".")[2])
    tried = layouts(
        known,
        known.family,
        batch,
        positive_first=_POSITIVE.search(name) is not None,
        ids_first=primary.role == "ids" or known.is_vocabulary_given,
    )
    for layout in tried:
        for variant in range(_variants(inputs)):
            plan: _Plan = {}
            for a in arguments:
                plan[a.name] = (
                    Value(kind=layout.kind, shape=layout.shape, batch_axis=layout.batch_axis, below=known.vocabulary)
                    if a is primary
                    else _companion(a, layout, known, variant, length=layout.shape[-1])
                )
            yield plan, tuple(n for n, v in plan.items() if isinstance(v, Value) and v.kind in DIFFERENTIABLE)


def _variants(inputs: Sequence[ForwardArgument]) -> int:
    """How many ways the companions of the first input are worth trying."""
    roles = {a.role for a in inputs[1:]}
    if "mask" in roles:
        return len(_MASKS) + 1
    return 2 if roles & {"key", "value", "memory", "other", "state"} else 1


def _companion(a: ForwardArgument, layout: Layout, known: Known, variant: int, *, length: int) -> Value | _Constant:
    """What a further argument gets beside the first input."""
    shape, axis = layout.shape, layout.batch_axis
    rows = () if axis is None else (shape[axis],)
    if a.role == "flag":
        return _Constant(flag_value(a.name))
    if a.role == "rate":
        return _Constant(sizes.LEARNING_RATE)
    if a.role == "lengths":
        return Value(kind="lengths", shape=rows, batch_axis=0 if rows else None, below=length)
    if a.role == "ids":
        return Value(kind="ids", shape=rows, batch_axis=0 if rows else None, below=known.vocabulary)
    if a.role == "mask":
        return _mask(shape, variant)
    if a.role == "state":
        return _state(shape, axis, known, variant)
    if a.role in {"key", "value", "memory"} and len(shape) == 3 and variant == 0:
        # A cross attention looks at a sequence of another length; the second way is one of the same length.
        kind = layout.kind if layout.kind == "ids" else "gaussian"
        return Value(kind=kind, shape=(shape[0], sizes.SOURCE, shape[2]), batch_axis=axis, below=known.vocabulary)
    if a.role in {"key", "value"} and len(shape) == 2 and layout.kind == "gaussian" and variant == 0:
        return Value(kind="gaussian", shape=(sizes.SOURCE, shape[1]), batch_axis=None)
    return Value(kind=layout.kind, shape=shape, batch_axis=axis, below=known.vocabulary)


def _mask(shape: tuple[int, ...], variant: int) -> Value | _Constant:
    if variant == 0 or len(shape) < 2:
        return _Constant(None)
    kind, axes = _MASKS[variant - 1]
    sizes_of = {"N": shape[0], "T": shape[1], "1": 1}
    return Value(kind=kind, shape=tuple(sizes_of[axis] for axis in axes), batch_axis=None)


def _state(shape: tuple[int, ...], axis: int | None, known: Known, variant: int) -> Value:
    if axis is None:
        return Value(kind="gaussian", shape=(known.hidden,), batch_axis=None)
    if len(shape) == 3 and variant == 1:
        return Value(kind="gaussian", shape=(known.layers, shape[axis], known.hidden), batch_axis=1)
    return Value(kind="gaussian", shape=(shape[axis], known.hidden))


def _made(value: Value | _Constant, name: str, seed: int) -> Any:
    if isinstance(value, _Constant):
        return value.value
    return draw(value.kind, value.shape, name, seed, batch_axis=value.batch_axis, below=value.below)


def _describe(value: Value | _Constant) -> str:
    if isinstance(value, _Constant):
        return f"= {value.value!r}"
    kind = "" if value.kind == "gaussian" else f" {value.kind}"
    return f"{value.shape}{kind}"
