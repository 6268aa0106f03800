"""What further arguments of forward get beside its first input: states, keys, masks, lengths, flags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.cases.guessing.draws import Kind
from gradcheck.cases.guessing.known import Known
from gradcheck.cases.guessing.layouts import Layout
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.forward_roles import ForwardArgument, ForwardRole, flag_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """How one argument is drawn.

    Attributes:
        kind: How.
        shape: Its shape.
        batch_axis: Axis of the batch, None for a single sample.
        below: Bound of ids, or the length for "lengths".
    """

    kind: Kind
    shape: tuple[int, ...]
    batch_axis: int | None = 0
    below: int = 2


@dataclass(frozen=True, slots=True)
class Constant:
    """An argument that is not drawn."""

    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a companion must fit.

    Attributes:
        layout: Layout of the first input.
        known: Sizes that fit the layer.
        variant: Which of the ways to choose companions, 0 the most likely.
        length: What "lengths" say.
    """

    layout: Layout
    known: Known
    variant: int = 0
    length: int = sizes.TIME

    @property
    def same(self) -> Value:
        """Shape and kind of the first input."""
        layout = self.layout
        return Value(kind=layout.kind, shape=layout.shape, batch_axis=layout.batch_axis, below=self.known.vocabulary)

    @property
    def rows(self) -> tuple[int, ...]:
        """(N,), or () for a single sample."""
        axis = self.layout.batch_axis
        return () if axis is None else (self.layout.shape[axis],)


#: Masks tried after None, over batch N and steps T: the padding of every row, one that is none, and which steps count.
_MASKS: Final[tuple[tuple[Kind, str], ...]] = (("ones", "N1T"), ("ones", "N11T"), ("causal", "TT"), ("binary", "NT"))


def variants(inputs: Sequence[ForwardArgument]) -> int:
    """How many ways the companions of the first input are worth trying."""
    roles = {argument.role for argument in inputs[1:]}
    if "mask" in roles:
        return 1 + len(_MASKS)
    return 2 if roles & {"key", "value", "memory", "state", "target"} else 1


def companion(argument: ForwardArgument, beside: Beside) -> Value | Constant:
    """What a further argument gets; the same as the first input where nothing better is known."""
    if argument.role == "flag":
        return Constant(flag_value(argument.name))
    maker = _MAKERS.get(argument.role)
    return beside.same if maker is None else maker(beside)


def _rate(_beside: Beside) -> Constant:
    return Constant(sizes.LEARNING_RATE)


def _lengths(beside: Beside) -> Value:
    return Value(kind="lengths", shape=beside.rows, batch_axis=0 if beside.rows else None, below=beside.length)


def _ids(beside: Beside) -> Value:
    return Value(kind="ids", shape=beside.rows, batch_axis=0 if beside.rows else None, below=beside.known.vocabulary)


def _mask(beside: Beside) -> Value | Constant:
    shape = beside.layout.shape
    if beside.variant == 0 or len(shape) < 2:
        return Constant(None)
    kind, axes = _MASKS[beside.variant - 1]
    length = {"N": shape[0], "T": shape[1], "1": 1}
    return Value(kind=kind, shape=tuple(length[axis] for axis in axes), batch_axis=None)


def _state(beside: Beside) -> Value:
    hidden, rows = beside.known.hidden, beside.rows
    if not rows:
        return Value(kind="gaussian", shape=(hidden,), batch_axis=None)
    if len(beside.layout.shape) == 3 and beside.variant == 1:
        return Value(kind="gaussian", shape=(beside.known.layers, *rows, hidden), batch_axis=1)
    return Value(kind="gaussian", shape=(*rows, hidden))


def _attended(beside: Beside) -> Value:
    """Keys and values: of another sequence first, for equal lengths hide a transposition; then of the same length."""
    shape, kind = beside.layout.shape, beside.layout.kind
    if kind == "ids" or beside.variant > 0:
        return beside.same
    if len(shape) == 3:
        return Value(kind=kind, shape=(shape[0], sizes.SOURCE, shape[2]), batch_axis=beside.layout.batch_axis)
    if len(shape) == 2:
        return Value(kind=kind, shape=(sizes.SOURCE, shape[1]), batch_axis=None)
    return beside.same


def _second(beside: Beside) -> Value:
    """`forward(x, y)` of a layer, not of a loss: y is the other sequence of an attention, else x's equal."""
    return _attended(beside) if beside.known.family == "attention" else beside.same


def _memory(beside: Beside) -> Value:
    """What an encoder made: rows of features, also beside ids."""
    shape = beside.layout.shape
    if beside.layout.kind == "ids" and len(shape) == 2:
        steps = sizes.SOURCE if beside.variant == 0 else shape[1]
        return Value(kind="gaussian", shape=(shape[0], steps, beside.known.features[0]))
    return _attended(beside) if len(shape) == 3 else beside.same


_MAKERS: Final[dict[ForwardRole, Callable[[Beside], Value | Constant]]] = {
    "rate": _rate,
    "lengths": _lengths,
    "ids": _ids,
    "mask": _mask,
    "state": _state,
    "key": _attended,
    "value": _attended,
    "memory": _memory,
    "target": _second,
}
