"""Curves drawn as SVG, so that a plot needs no library."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT, MARGIN = 640, 220, 60  # of a panel and the space around it, in pixels
MOST_POINTS = 500  # of a curve; more cannot be told apart
TICKS = 4
INK, CURVE, LEVEL = "#333", "#1f6fb4", "#c0392b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One curve y over x, with named levels to compare it with.

    >>> Panel(title="loss", x=[1, 2], y=[0.5, 0.25]).levels
    {}
    """

    title: str
    x: Sequence[float]
    y: Sequence[float]
    levels: Mapping[str, float] = field(default_factory=dict)


def drawing(title: str, panels: Sequence[Panel]) -> str:
    """Draw panels below one another; returns the text of an SVG file.

    >>> drawing("a < b", [Panel(title="loss", x=[1, 2], y=[0.5, 0.25])]).count("<polyline")
    1
    """
    width = WIDTH + 2 * MARGIN
    size = f'width="{width}" height="{MARGIN + len(panels) * (HEIGHT + MARGIN)}"'
    font = f'font-family="sans-serif" font-size="12" fill="{INK}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
        '<rect width="100%" height="100%" fill="white"/>',
        _text(MARGIN, MARGIN / 2, title, size=14),
    ]
    for number, panel in enumerate(panels):
        parts += _panel(panel, MARGIN + number * (HEIGHT + MARGIN))
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel, top: float) -> list[str]:
    parts = [
        f'<rect x="{MARGIN}" y="{top}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{INK}"/>',
        _text(MARGIN, top - 6, panel.title),
    ]
    x, y = _thinned(panel.x), _thinned(panel.y)
    shown = [value for value in (*y, *panel.levels.values()) if math.isfinite(value)]
    if not x or not shown:
        return parts
    low, high = min(shown), max(shown)
    high = high if high > low else low + 1.0
    first, last = x[0], x[-1] if x[-1] > x[0] else x[0] + 1.0

    def across(value: float) -> float:
        return MARGIN + WIDTH * (value - first) / (last - first)

    def down(value: float) -> float:
        return top + HEIGHT * (high - value) / (high - low)

    for tick in range(TICKS + 1):
        part = tick / TICKS
        value, place = low + part * (high - low), first + part * (last - first)
        parts.append(_text(MARGIN - 6, down(value) + 4, f"{value:.3g}", anchor="end"))
        parts.append(_text(across(place), top + HEIGHT + 16, f"{place:.0f}", anchor="middle"))
    points = " ".join(f"{across(a):.1f},{down(b):.1f}" for a, b in zip(x, y, strict=True) if math.isfinite(b))
    parts.append(f'<polyline points="{points}" fill="none" stroke="{CURVE}" stroke-width="1.5"/>')
    for name, value in panel.levels.items():
        parts.append(
            f'<line x1="{MARGIN}" x2="{MARGIN + WIDTH}" y1="{down(value):.1f}" y2="{down(value):.1f}" '
            f'stroke="{LEVEL}" stroke-dasharray="4"/>'
        )
        parts.append(_text(MARGIN + WIDTH - 4, down(value) - 4, f"{name} {value:.4g}", anchor="end"))
    return parts


def _thinned(values: Sequence[float]) -> list[float]:
    """Means of neighbours, so that at most MOST_POINTS are left."""
    size = -(-len(values) // MOST_POINTS)
    groups = [values[start : start + size] for start in range(0, len(values), size)] if values else []
    return [sum(group) / len(group) for group in groups]


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'
