"""The maps of a gradient as pictures, for whoever reads the page without JavaScript."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from gradcheck.report.cells import FIELDS, decoded, excess
from gradcheck.report.html.colours import error_shades, palettes, value_shades, wrong_levels
from gradcheck.report.html.png import png
from gradcheck.report.schema import Cells
from gradcheck.types import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The worst slice of a gradient, as `data:` addresses, and what their scales end at.

    Attributes:
        where: Index of the slice into the axes before the last two, "" where there are none.
        largest: The values' scale runs from -largest to largest.
        worst: The largest error, in multiples of what is allowed.
    """

    expected: str
    actual: str
    error: str
    where: str
    largest: float
    worst: float


def pictures(maps: Cells) -> Pictures:
    """Draw the slice with the worst entry."""
    arrays = decoded(maps)
    expected, actual, error, allowed = (arrays[name] for name in FIELDS)
    badness = excess(error, allowed).reshape(len(error), -1).max(axis=1)
    worst = int(badness.argmax())
    largest = largest_value(expected, actual)
    ends = wrong_levels(error, allowed)
    value, wrong = palettes()
    return Pictures(
        expected=_address(png(value_shades(expected[worst], largest), value)),
        actual=_address(png(value_shades(actual[worst], largest), value)),
        error=_address(png(error_shades(error[worst], allowed[worst], ends), wrong)),
        where="".join(f"{index}, " for index in maps.slices[worst]),
        largest=largest,
        worst=10.0 ** ends[1],
    )


def largest_value(expected: Array, actual: Array) -> float:
    """The largest finite absolute value of both sides."""
    both = np.abs(np.stack([expected, actual]))
    return float(both[np.isfinite(both)].max(initial=0.0))


def _address(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
