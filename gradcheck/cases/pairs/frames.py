"""Shapes that go together: an input's layout, and what weights, biases and states beside it look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from gradcheck.cases.naming import sizes
from gradcheck.cases.pairs.roles import PairRole

Shape = tuple[int, ...]

_N, _T, _D, _M, _H = sizes.BATCH, sizes.TIME, sizes.FEATURES, sizes.OUTPUTS, sizes.HIDDEN
_C, _F, _K, _V = sizes.CHANNELS, sizes.FILTERS, sizes.KERNEL, sizes.VOCABULARY
#: Side of an image that windows of 3 with a stride of 2 tile without a rest, then one that windows of 2 tile.
_SIDES: Final = (7, 6)
#: Blocks of a recurrent step's weights: none but its own, an LSTM's gates, a GRU's, a GRU's without its candidate.
_GATES: Final = (1, 4, 3, 2)
#: Channels and groups of a group normalisation.
_GROUPED, GROUPS = 4, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One layout of an input and the shapes beside it.

    Attributes:
        name: What it is called.
        x: The input's shape.
        batch_axis: Axis of its batch, None for one sample.
        shapes: Role to the shapes an argument of it may have, the likeliest first.
        ids_below: Bound of the input's whole numbers; 0 for real ones.
    """

    name: str
    x: Shape
    batch_axis: int | None = 0
    shapes: Mapping[PairRole, tuple[Shape, ...]] = field(default_factory=dict)
    ids_below: int = 0


def frames(kind: str, *, has_state: bool, has_weight: bool, has_groups: bool) -> Iterator[Frame]:
    """Yield frames, the likeliest first.

    Args:
        kind: What the function's name and settings say of its input: "image", "sequence", "ids", "columns" or "".
        has_state: Whether it is handed a recurrent state.
        has_weight: Whether it is handed a weight.
        has_groups: Whether it is told a number of groups.
    """
    rows = list(_steps()) if has_state else [_rows(has_weight=has_weight), _columns(has_weight=has_weight)]
    sequences = list(_recurrent()) if has_state else list(_sequences(has_weight=has_weight))
    images = list(_images(has_weight=has_weight, has_groups=has_groups))
    ids = list(_ids())
    orders: dict[str, list[Frame]] = {
        "image": [*images, *rows, *sequences],
        "sequence": [*sequences, *rows],
        "ids": [*ids, *rows],
        "columns": [*reversed(rows), *sequences, *images],
    }
    yield from orders.get(kind, [*rows, *sequences, *images])
    if kind != "ids":
        yield Frame(name="vector", x=(_D,), batch_axis=None, shapes=_vector())
        yield Frame(name="number", x=(), batch_axis=None, shapes={})
    if has_weight and kind != "ids":
        yield from ids


def _rows(*, has_weight: bool) -> Frame:
    return Frame(
        name="rows",
        x=(_N, _D),
        shapes={
            "weight": ((_D, _M), (_M, _D), (_D,), (_D, 1)),
            "bias": (((_M,), (1, _M)) if has_weight else ((_D,), (1, _D))) + ((), (1,)),
            "norm": (((_M,), (1, _M), (_D,)) if has_weight else ((_D,), (1, _D))),
        },
    )


def _columns(*, has_weight: bool) -> Frame:
    return Frame(
        name="columns",
        x=(_D, _N),
        batch_axis=1,
        shapes={
            "weight": ((_M, _D), (_D, _M), (1, _D), (_D, 1)),
            "bias": (((_M, 1),) if has_weight else ((_D, 1),)) + ((1, 1), ()),
            "norm": (((_M, 1),) if has_weight else ((_D, 1),)),
        },
    )


def _steps() -> Iterator[Frame]:
    for blocks in _GATES:
        yield Frame(name="rows", x=(_N, _D), shapes={"state": ((_N, _H),), **_gates(blocks)})
        yield Frame(name="columns", x=(_D, _N), batch_axis=1, shapes={"state": ((_H, _N),), **_transposed(blocks)})


def _recurrent() -> Iterator[Frame]:
    state: dict[PairRole, tuple[Shape, ...]] = {"state": ((_N, _H),)}
    for blocks in _GATES:
        yield Frame(name="sequence", x=(_N, _T, _D), shapes={**state, **_gates(blocks)})
        yield Frame(name="time first", x=(_T, _N, _D), batch_axis=1, shapes={**state, **_gates(blocks)})
        columns = {"state": ((_H, _N),), **_transposed(blocks)}
        yield Frame(name="time last", x=(_D, _N, _T), batch_axis=1, shapes=columns)


def _gates(blocks: int) -> dict[PairRole, tuple[Shape, ...]]:
    """Weights of a recurrent step on rows: a block for each gate, side by side."""
    h = blocks * _H
    return {
        "input weight": tuple(dict.fromkeys(((_D, h), (_D, _H)))),
        "recurrent weight": tuple(dict.fromkeys(((_H, h), (_H, _H)))),
        "weight": ((_D + _H, h), (_H, _M)),
        "bias": tuple(dict.fromkeys(((h,), (_H,), (_M,), (1, h)))),
    }


def _transposed(blocks: int) -> dict[PairRole, tuple[Shape, ...]]:
    """Weights of a recurrent step on columns."""
    h = blocks * _H
    return {
        "input weight": ((h, _D),),
        "recurrent weight": ((h, _H),),
        "weight": ((h, _H + _D), (_M, _H)),
        "bias": ((h, 1), (_M, 1)),
    }


def _sequences(*, has_weight: bool) -> Iterator[Frame]:
    norm: tuple[Shape, ...] = ((_M,), (_D,)) if has_weight else ((_D,),)
    shapes: dict[PairRole, tuple[Shape, ...]] = {"weight": ((_D, _M),), "bias": norm[:1], "norm": norm}
    yield Frame(name="sequence", x=(_N, _T, _D), shapes=shapes)
    yield Frame(name="time first", x=(_T, _N, _D), batch_axis=1, shapes=shapes)


def _images(*, has_weight: bool, has_groups: bool) -> Iterator[Frame]:
    channels = _GROUPED if has_groups else _C
    for side in _SIDES:
        norm: tuple[Shape, ...] = (
            ((1, channels, 1, 1), (channels,)) if has_groups else ((channels,), (1, channels, 1, 1))
        )
        yield Frame(
            name="image",
            x=(_N, channels, side, side),
            shapes={
                "weight": ((_F, channels, _K, _K), (channels, _F, _K, _K)),
                "bias": ((_F,), (_F, 1), (1, _F, 1, 1)),
                "norm": (((_F,), *norm) if has_weight else norm),
            },
        )
        yield Frame(
            name="image, channels last",
            x=(_N, side, side, channels),
            shapes={
                "weight": ((_K, _K, channels, _F), (_F, _K, _K, channels)),
                "bias": ((1, 1, 1, _F), (_F,)),
                "norm": (((_F,), (channels,)) if has_weight else ((channels,), (1, 1, 1, channels))),
            },
        )
    side = _SIDES[0]
    yield Frame(name="one image", x=(side, side), batch_axis=None, shapes={"weight": ((_K, _K),), "bias": ((), (1,))})
    single: dict[PairRole, tuple[Shape, ...]] = {"weight": ((_F, _C, _K, _K), (_F, _K, _K)), "bias": ((_F,),)}
    yield Frame(name="one image", x=(_C, side, side), batch_axis=None, shapes=single)


def _ids() -> Iterator[Frame]:
    for shape in ((_N, _T), (_N,)):
        yield Frame(name="ids", x=shape, shapes={"weight": ((_V, _D),)}, ids_below=_V)


def _vector() -> dict[PairRole, tuple[Shape, ...]]:
    return {
        "weight": ((_M, _D), (_D, _M), (_D,)),
        "bias": ((_M,), ()),
        "norm": ((_D,),),
        "state": ((_H,),),
        "input weight": ((_H, _D), (_D, _H)),
        "recurrent weight": ((_H, _H),),
    }
