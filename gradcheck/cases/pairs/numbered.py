"""Weights that are numbered, `W1`, `b1`, `W2`, `b2`: shapes that go on where those of the layer below end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from gradcheck.cases.naming import sizes
from gradcheck.cases.pairs.frames import Shape
from gradcheck.cases.pairs.roles import PairRole, is_parameter

_NUMBERED: Final = re.compile(r".*?(\d+)$")
#: Widths of the layers on top of one another, after the input's; all differ, a further one begins anew.
_WIDTHS: Final = (sizes.OUTPUTS, sizes.HIDDEN, sizes.VOCABULARY, sizes.FILTERS)


def widths_of(names: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """Name to the widths below and above its layer; empty where the parameters are those of one layer.

    Args:
        names: Names of arguments, or of arrays in a dictionary.
    """
    found = {name: int(match[1]) for name in names if is_parameter(name) and (match := _NUMBERED.fullmatch(name))}
    layers = sorted(set(found.values()))
    if len(layers) < 2:
        return {}
    widths = [sizes.FEATURES, *(_WIDTHS[place % len(_WIDTHS)] for place in range(len(layers)))]
    return {name: (widths[layers.index(n)], widths[layers.index(n) + 1]) for name, n in found.items()}


def chained(shapes: Iterable[Shape], role: PairRole, widths: tuple[int, int]) -> tuple[Shape, ...]:
    """The shapes of one layer's parameter, in the place of the layer with the given widths.

    A bias that is a number would hide that its gradient is not summed.

    Args:
        shapes: Those of the only layer: of FEATURES below and OUTPUTS above.
        role: What the parameter is.
        widths: Those below and above its layer.
    """
    place = {sizes.FEATURES: widths[0], sizes.OUTPUTS: widths[1]}
    kept = [shape for shape in shapes if shape or role != "bias"]
    return tuple(dict.fromkeys(tuple(place.get(length, length) for length in shape) for shape in kept))
