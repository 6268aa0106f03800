"""Colours of values and errors, the same in the pictures that Python makes and in the maps that the page draws.

Values run from blue over the page's own colour to orange. Errors are grey up to what is allowed and leave it at once
for yellow, red and purple, a step of lightness each; neither takes red from green to be told.
"""

from __future__ import annotations

import functools
import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gradcheck.types import Array

HERE = Path(__file__).parent
#: Entries of a palette: the shades of a scale, then NaN, infinity, and what was not compared.
SHADES = 253
NAN, INFINITE, UNKNOWN = SHADES, SHADES + 1, SHADES + 2
#: Shades of an error that is allowed; the rest are for those that are not.
BELOW = 100
#: Decades below the allowed error that are told apart.
DECADES_BELOW = 4.0

Colour = tuple[int, int, int]


@functools.cache
def colours() -> dict[str, dict[str, list[str] | str]]:
    """The stops of every scale and the colours of what is on none, by theme."""
    found: dict[str, dict[str, list[str] | str]] = json.loads((HERE / "colours.json").read_text(encoding="utf-8"))
    return found


@functools.cache
def palettes() -> tuple[bytes, bytes]:
    """The 256 colours of values and those of errors, red, green and blue each; of the light theme."""
    light = colours()["light"]
    rest = b"".join(bytes(_parsed(str(light[name]))) for name in ("nan", "infinite", "unknown"))
    value = _ramp(light["value"], SHADES)
    error = _ramp(light["below"], BELOW) + _ramp(light["above"], SHADES - BELOW)
    return value + rest, error + rest


def value_shades(values: Array, largest: float) -> npt.NDArray[np.uint8]:
    """The place of each value in the palette; the middle is zero, the ends are -largest and largest."""
    finite = np.where(np.isfinite(values), values, 0.0)
    scaled = np.clip(finite / largest, -1.0, 1.0) if largest > 0.0 else np.zeros_like(finite)
    shades = np.rint((scaled + 1.0) / 2.0 * (SHADES - 1)).astype(np.uint8)
    shades[np.isinf(values)] = INFINITE
    shades[np.isnan(values)] = NAN
    return shades


def error_shades(error: Array, allowed: Array, ends: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """The place of each error in the palette.

    Args:
        error: Of each entry.
        allowed: The same; not a number where nothing was compared.
        ends: Of the colours of what is not allowed, as `wrong_levels` has them.
    """
    level = levels(error, allowed)
    below = np.clip(1.0 + level / DECADES_BELOW, 0.0, 1.0) * (BELOW - 1)
    lowest, highest = ends
    above = BELOW + np.clip((level - lowest) / (highest - lowest), 0.0, 1.0) * (SHADES - BELOW - 1)
    shades = np.rint(np.where(level > 0.0, above, below)).astype(np.uint8)
    shades[np.isinf(error)] = INFINITE
    shades[np.isnan(error)] = NAN
    shades[np.isnan(allowed)] = UNKNOWN
    return shades


def wrong_levels(error: Array, allowed: Array) -> tuple[float, float]:
    """Between which powers of ten the errors that are not allowed lie, a decade apart at least."""
    level = levels(error, allowed)[np.isfinite(error) & ~np.isnan(allowed)]
    wrong = level[level > 0.0]
    highest = max(float(wrong.max(initial=0.0)), 1.0)
    lowest = min(float(wrong.min(initial=math.inf)), highest - 1.0)
    return max(0.0, lowest), highest


def levels(error: Array, allowed: Array) -> Array:
    """Powers of ten between an error and what is allowed, at most 300 either way; what is not finite is at the top."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        level: Array = np.log10(error) - np.log10(allowed)
    level[error == 0.0] = -math.inf
    clipped: Array = np.clip(np.nan_to_num(level, nan=math.inf, posinf=math.inf, neginf=-math.inf), -300.0, 300.0)
    return clipped


def _ramp(stops: list[str] | str, count: int) -> bytes:
    parsed = np.array([_parsed(stop) for stop in stops], dtype=np.float64)
    at = np.linspace(0.0, len(parsed) - 1.0, count)
    channels = [np.interp(at, np.arange(len(parsed)), parsed[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8).tobytes()


def _parsed(stop: str) -> Colour:
    return int(stop[1:3], 16), int(stop[3:5], 16), int(stop[5:7], 16)
