"""The report of a run: one HTML file that needs nothing else and asks nobody for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradcheck.report.html import views
from gradcheck.report.html.colours import DECADES_BELOW, colours
from gradcheck.report.schema import Document

HERE = Path(__file__).parent
#: In this order: each uses what stands before it.
SCRIPTS = ("maps.js", "charts.js", "gradients.js", "page.js")


def render(document: Document) -> str:
    """The page; every word of it that comes from the run is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"exact": views.exact, "short": views.short, "oracle": views.oracle, "data": _drawn}
    shown = views.layers(document)
    sweeps = any(view.gradient.sweep for layer in shown for check in layer.checks for view in check.gradients)
    vendored = HERE / "vendor"
    return environment.get_template("page.html.jinja").render(
        document=document,
        layers=shown,
        verdict=views.verdict(document),
        tally=views.tally(shown),
        marks=views.MARKS,
        first=_read(HERE / "first.js"),
        style=_read(HERE / "page.css") + (_read(vendored / "uPlot.min.css") if sweeps else ""),
        scripts=[*([_read(vendored / "uPlot.iife.min.js")] if sweeps else []), *(_read(HERE / one) for one in SCRIPTS)],
        data=_json({"colours": colours(), "scale": {"decadesBelow": DECADES_BELOW}}),
    )


def _drawn(view: views.GradientView) -> str:
    """What the scripts draw of a gradient."""
    gradient = view.gradient
    return _json(
        {
            "name": gradient.name,
            "shape": gradient.shape,
            "cells": gradient.cells,
            "sweep": gradient.sweep,
            "worst": {one.where: one for one in gradient.worst},
        }
    )


def _json(data: dict[str, Any]) -> str:
    """The data as it may stand inside a script element: no text of it can end the element."""
    import msgspec

    return msgspec.json.encode(data).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")
