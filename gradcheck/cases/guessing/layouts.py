"""Layouts an input may have, in the order of what a layer's name and sizes make likely."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from gradcheck.cases.guessing.draws import Kind
from gradcheck.cases.guessing.known import Known
from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Shape and kind of a layer's first input.

    Attributes:
        name: What it is called.
        shape: Its shape.
        batch_axis: Axis of the batch, None for a single sample.
        kind: How its values are drawn.
    """

    name: str
    shape: tuple[int, ...]
    batch_axis: int | None = 0
    kind: Kind = "gaussian"


_ORDERS: Final[dict[Family, tuple[str, ...]]] = {
    "rows": ("rows", "sequence", "image"),
    "loss": ("rows", "probabilities", "sequence", "image"),
    "embedding": ("ids", "sequence", "rows"),
    "attention": ("sequence", "rows"),
    "cell": ("rows", "single row", "sequence"),
    "recurrent": ("sequence", "rows"),
    "signal": ("signal", "image", "sequence", "rows"),
    "image": ("image", "single image", "signal", "rows", "sequence"),
}
#: Ids late: many a layer of real numbers also takes whole ones, and has no input gradient to check then.
_TAIL: Final = (
    "rows", "sequence", "image", "columns", "probabilities", "signal", "sequence of others", "positive", "ids",
    "single",
)  # fmt: skip
#: Sizes tried of the first layout and of the others: the last layouts must not be crowded out.
_MOST_OF_FIRST: Final = 4
_MOST_OF_OTHERS: Final = 2


def layouts(known: Known, batch: int, *, positive_first: bool, ids_first: bool) -> Iterator[Layout]:
    """Yield layouts, the most likely first, each once.

    Args:
        known: Sizes that fit the layer.
        batch: Rows.
        positive_first: Whether the name says it takes a root or a logarithm.
        ids_first: Whether it was told of a vocabulary, or an argument is named so.
    """
    order = [*_ORDERS[known.family], *_TAIL]
    if known.is_column_major:
        order.insert(0, "columns")
    if positive_first:
        order.insert(0, "positive")
    if ids_first:
        order.insert(0, "ids")
    if known.shape:
        order.insert(0, "told")
    seen: set[Layout] = set()
    for place, name in enumerate(dict.fromkeys(order)):
        most = None if name.startswith("single") else _MOST_OF_OTHERS if place else _MOST_OF_FIRST
        for layout in itertools.islice(_MAKERS[name](known, batch), most):
            if layout not in seen:
                seen.add(layout)
                yield layout


def _told(known: Known, batch: int) -> Iterator[Layout]:
    yield Layout(name="told", shape=(batch, *known.shape))
    yield Layout(name="told single", shape=known.shape, batch_axis=None)


def _rows(known: Known, batch: int) -> Iterator[Layout]:
    for features in known.features:
        yield Layout(name="rows", shape=(batch, features))


def _columns(known: Known, batch: int) -> Iterator[Layout]:
    for features in known.features[:2]:
        yield Layout(name="columns", shape=(features, batch), batch_axis=1)


def _sequence(known: Known, batch: int) -> Iterator[Layout]:
    for features in known.features[:2]:
        yield Layout(name="sequence", shape=(batch, known.time, features))


def _sequence_of_others(known: Known, batch: int) -> Iterator[Layout]:
    # Time first, and features before time.
    yield Layout(name="time first", shape=(known.time, batch, known.features[0]), batch_axis=1)
    yield Layout(name="time last", shape=(batch, known.features[0], known.time))


def _image(known: Known, batch: int) -> Iterator[Layout]:
    for channels, side in itertools.islice(itertools.product(known.channels, known.spatial), 2):
        yield Layout(name="image", shape=(batch, channels, side, side))
        yield Layout(name="image", shape=(batch, side, side, channels))


def _signal(known: Known, batch: int) -> Iterator[Layout]:
    channels, length = known.channels[0], known.spatial[0]
    yield Layout(name="signal", shape=(batch, channels, length))
    yield Layout(name="signal", shape=(batch, length, channels))
    if known.is_trained:
        # A layer that brings its own kernels may need more than our usual length.
        yield Layout(name="signal", shape=(batch, channels, sizes.LONG))
    if len(known.channels) > 1:
        yield Layout(name="signal", shape=(batch, known.channels[1], length))


def _ids(known: Known, batch: int) -> Iterator[Layout]:
    yield Layout(name="ids", shape=(batch, known.time), kind="ids")
    yield Layout(name="ids", shape=(batch,), kind="ids")


def _probabilities(known: Known, batch: int) -> Iterator[Layout]:
    yield Layout(name="probabilities", shape=(batch, known.features[0]), kind="probabilities")


def _positive(known: Known, batch: int) -> Iterator[Layout]:
    yield Layout(name="positive rows", shape=(batch, known.features[0]), kind="positive")
    side = known.spatial[0]
    yield Layout(name="positive image", shape=(batch, known.channels[0], side, side), kind="positive")


def _single_row(known: Known, _batch: int) -> Iterator[Layout]:
    yield Layout(name="single", shape=(known.features[0],), batch_axis=None)


def _single_image(known: Known, _batch: int) -> Iterator[Layout]:
    channels, side = known.channels[0], known.spatial[0]
    for shape in ((side, side, channels), (channels, side, side), (side, side)):
        yield Layout(name="single", shape=shape, batch_axis=None)


def _single(known: Known, batch: int) -> Iterator[Layout]:
    features = known.features[0]
    for shape in ((features,), (features, 1), (known.time, features)):
        yield Layout(name="single", shape=shape, batch_axis=None)
    yield from _single_image(known, batch)


_MAKERS: Final[dict[str, Callable[[Known, int], Iterator[Layout]]]] = {
    "told": _told,
    "rows": _rows,
    "columns": _columns,
    "sequence": _sequence,
    "sequence of others": _sequence_of_others,
    "image": _image,
    "signal": _signal,
    "ids": _ids,
    "probabilities": _probabilities,
    "positive": _positive,
    "single row": _single_row,
    "single image": _single_image,
    "single": _single,
}
