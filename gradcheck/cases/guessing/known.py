"""What is known of the input a constructed layer takes: from its arguments, its attributes and the arrays it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import Family
from gradcheck.cases.naming.roles import role_of
from gradcheck.cases.states.state import floating

#: Arrays of a layer looked at: the first are those nearest to its input.
MOST_ARRAYS = 12
#: Sizes kept where several are possible.
MOST_SIZES = 3
#: A larger number in an attribute is no size an input is drawn with: a seed, a count, a buffer.
LARGEST_SIZE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Sizes that fit a layer; where several may fit, the most likely first.

    Attributes:
        features: Of an input row.
        channels: Of an image or signal.
        spatial: Height, width or length.
        outputs: Of an output row: classes, width of a target.
        hidden: Of a recurrent state.
        vocabulary: Ids are below it.
        time: Steps of a sequence.
        layers: Stacked recurrent layers.
        family: What kind of layer it is, by its name or else by what it was told and holds.
        shape: The input's shape without its batch, or ().
        is_vocabulary_given: Whether the layer was told of a vocabulary.
        is_trained: Whether it holds arrays: a loss without any is no network.
        is_column_major: Whether a bias or weight of the layer is a column, so that inputs are (features, batch).
    """

    features: tuple[int, ...]
    channels: tuple[int, ...]
    spatial: tuple[int, ...]
    outputs: int
    hidden: int
    vocabulary: int
    time: int
    layers: int
    family: Family
    shape: tuple[int, ...]
    is_vocabulary_given: bool
    is_trained: bool
    is_column_major: bool


def known_of(layer: object, construction: Mapping[str, Any], family: Family) -> Known:
    """Gather what is known of a constructed layer.

    Args:
        layer: The layer.
        construction: Its constructor's arguments.
        family: What kind of layer its name says it is.
    """
    # Arguments before attributes: an attribute may be derived from one.
    told = _told([construction, _plain_attributes(layer)], family)
    arrays = _arrays(layer)
    features = _numbers(told, "in features") or _numbers(told, "features")
    channels = _numbers(told, "in channels") or _numbers(told, "channels")
    shape = next((tuple(value) for value in told.get("input shape", ()) if _is_shape(value)), ())
    if shape:
        features = [shape[-1], *features]
        channels = [shape[0], shape[-1], *channels] if len(shape) > 1 else channels
    vocabulary = _numbers(told, "vocabulary")
    if family == "embedding" and not vocabulary:
        vocabulary = [array.shape[0] for array in arrays if array.ndim == 2][:1]
    widths = next((value for value in told.get("widths", ()) if isinstance(value, (list, tuple)) and value), None)
    if widths is not None and all(isinstance(value, int) for value in widths):
        features = [*features, int(widths[0])]
    batch_norm_channels = _numbers(told, "features") if family in {"image", "signal"} else []
    return Known(
        features=_distinct([*features, *_array_features(arrays), sizes.FEATURES]),
        channels=_distinct([*channels, *batch_norm_channels, *_array_channels(arrays), sizes.CHANNELS]),
        spatial=_spatial(told),
        outputs=_first(_numbers(told, "out features") or _numbers(told, "classes"), sizes.OUTPUTS),
        hidden=_first([*_numbers(told, "hidden"), *_numbers(told, "out features")], sizes.HIDDEN),
        vocabulary=_first(vocabulary, sizes.VOCABULARY),
        time=_first(_numbers(told, "time"), sizes.TIME),
        layers=_first(_numbers(told, "depth"), 1),
        family=_refined(family, set(told), arrays),
        shape=shape,
        is_vocabulary_given=bool(vocabulary),
        is_trained=bool(arrays),
        is_column_major=_is_column_major(arrays),
    )


def _refined(family: Family, told: set[str], arrays: list[np.ndarray[Any, Any]]) -> Family:
    """A name that says nothing is made up for by a kernel, by heads, by a weight of rank four."""
    if family != "rows":
        return family
    if told & {"kernel", "kernel shape", "in channels"} or any(array.ndim == 4 for array in arrays):
        return "image"
    if "heads" in told:
        return "attention"
    return family


def _told(sources: Iterable[Mapping[str, Any]], family: Family) -> dict[str, list[Any]]:
    told: dict[str, list[Any]] = {}
    for source in sources:
        for name, value in source.items():
            role = role_of(name, family)
            if role is not None and isinstance(value, (int, tuple, list, np.integer)) and not isinstance(value, bool):
                told.setdefault(role.name, []).append(value)
    return told


def _plain_attributes(layer: object) -> dict[str, Any]:
    try:
        return dict(vars(layer))
    except TypeError:
        # A class with __slots__ only: its arrays still tell.
        return {}


def _numbers(told: Mapping[str, list[Any]], role: str) -> list[int]:
    numbers = [value[0] if isinstance(value, (tuple, list)) and value else value for value in told.get(role, ())]
    return [int(value) for value in numbers if isinstance(value, (int, np.integer)) and 0 < value <= LARGEST_SIZE]


def _arrays(layer: object) -> list[np.ndarray[Any, Any]]:
    return [array for (_, array), _ in zip(floating(layer), range(MOST_ARRAYS), strict=False)]


def _array_features(arrays: Iterable[np.ndarray[Any, Any]]) -> list[int]:
    """Both axes of the first weight matrices: which one is the input's is the user's convention."""
    found: list[int] = []
    for array in arrays:
        if array.ndim <= 2 and array.size > 1:
            found.extend(size for size in array.shape if size > 1)
    return found


def _array_channels(arrays: Iterable[np.ndarray[Any, Any]]) -> list[int]:
    """Channels from kernels (F, C, k, k), (k, k, C, F), (F, C, k), and from normalisations (1, C, 1, 1)."""
    found: list[int] = []
    for array in arrays:
        shape = array.shape
        if array.ndim == 4 and sum(size > 1 for size in shape) == 1:
            found.append(max(shape))
        elif array.ndim == 4:
            inner = [shape[2], shape[3]] if shape[0] == shape[1] else [shape[1], shape[0]]
            found.extend(inner)
        elif array.ndim == 3:
            found.append(shape[1])
    return found


def _spatial(told: Mapping[str, list[Any]]) -> tuple[int, ...]:
    """Heights that a window of the layer's kernel, stride and padding covers without a remainder, first."""
    given = _numbers(told, "spatial")
    if given:
        return (given[0],)
    kernel = _first(_numbers(told, "kernel") or _numbers(told, "kernel shape"), 1)
    stride = _first(_numbers(told, "stride"), 1)
    padding = _first(_numbers(told, "padding"), 0)
    wanted = (sizes.SPATIAL, *sizes.SPATIAL_OTHERS)
    exact = [n for n in wanted if n + 2 * padding >= kernel and (n + 2 * padding - kernel) % stride == 0]
    return tuple(dict.fromkeys([*exact[:1], sizes.SPATIAL]))


def _is_column_major(arrays: Iterable[np.ndarray[Any, Any]]) -> bool:
    columns = [array.ndim == 2 and array.shape[1] == 1 and array.shape[0] > 1 for array in arrays]
    rows = [array.ndim == 2 and array.shape[0] == 1 and array.shape[1] > 1 for array in arrays]
    return any(columns) and not any(rows)


def _is_shape(value: Any) -> bool:
    return (
        isinstance(value, (tuple, list))
        and bool(value)
        and all(isinstance(n, (int, np.integer)) and n > 0 for n in value)
    )


def _first(values: list[int], default: int) -> int:
    return values[0] if values else default


def _distinct(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(value) for value in values))[:MOST_SIZES]
