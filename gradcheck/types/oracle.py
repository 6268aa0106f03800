"""Independent sources of derivatives and their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.types.subject import Array, Cotangents, Primals, Subject, Tangents


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An oracle's answer with the error it admits.

    Attributes:
        value: The derivative, a number or an array.
        error_bound: How far `value` may be from the truth, same shape or scalar.
        masked: Share of the cotangent's outputs left out because they sit on a kink, 0 to 1.
        step: The step it was taken with, 0 where there is none.
    """

    value: Any
    error_bound: Any
    masked: float = 0.0
    step: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Directional:
    """An oracle's answers along directions.

    Attributes:
        estimates: One row per direction of one Estimate of <v, J d> per cotangent v; a masked share of 1
            means that the direction decided nothing.
        cotangents: The cotangents as they were used: outputs on a kink set to 0.
        forwards: Forwards spent.
    """

    estimates: tuple[tuple[Estimate, ...], ...]
    cotangents: tuple[Array, ...]
    forwards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Every entry of every gradient, to rounding.

    Attributes:
        gradients: One mapping per cotangent: primal name to gradient, float64, in the primal's shape.
        refusal: Why there are none: which call on which line, one sentence; "" where there are.
    """

    gradients: tuple[Cotangents, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """An independent source of derivatives.

    Attributes:
        name: The oracle's name, its file's.
        summary: One line.
        unavailable: subject -> why it cannot serve here, or None.
        directional: (subject, directions, cotangents, y) -> Directional.
        entries: (subject, primal name, flat indices or None for all, y_bar, y) -> Estimate whose value and
            error_bound are arrays over those entries; NaN where it cannot tell.
        exact: (subject, primals, cotangents, y) -> Exact at those primals; None for an oracle that only estimates.
    """

    name: str
    summary: str
    unavailable: Callable[[Subject], str | None]
    directional: Callable[[Subject, Sequence[Tangents], Sequence[Array], Array], Directional]
    entries: Callable[[Subject, str, Array | None, Array, Array], Estimate]
    exact: Callable[[Subject, Primals, Sequence[Array], Array], Exact] | None = None
