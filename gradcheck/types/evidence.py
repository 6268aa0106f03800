"""What a judged gradient was judged on: the arrays themselves, kept where a gradient failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradcheck.types.subject import Array, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StepError:
    """How far a central difference along the disagreement is from the layer and from the oracle, at one step.

    Attributes:
        step: The step h, in units of the direction, which carries the magnitude of its primal.
        from_expected: |difference(h) - <expected, d>|; NaN where the oracle's own value is not known there.
        from_actual: |difference(h) - <actual, d>|.
    """

    step: float
    from_expected: float
    from_actual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Errors against step size along one disagreement: truncation on the right, rounding on the left.

    Attributes:
        points: One per step, the largest step first.
        chosen: The step that finite differences judged with.
    """

    points: Sequence[StepError]
    chosen: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """One gradient that failed, through the cotangent in which it looks worst.

    Attributes:
        name: Primal name.
        role: Its role.
        shape: The primal's shape; `expected`, `actual` and `allowed` have it where they are kept.
        expected: The oracle's gradient; NaN where it is not known: not looked at, or on a kink.
        actual: The layer's, in the primal's shape; in its own shape where that is another one, and has no
            entries where the layer gave none.
        allowed: Allowed error per entry; NaN where the entry was not looked at.
        oracle: Name of the oracle that gave `expected`, "" where nothing was compared (a wrong shape).
        y_bar: The upstream gradient used, the output's shape.
        y: Forward's output.
        primals: Every input and parameter at the point, by name.
        sweep: Errors against step size, None where finite differences were not asked.
        kept: Whether the arrays are here; where they are too large all of them have no entries.
    """

    name: str
    role: Role
    shape: tuple[int, ...]
    expected: Array
    actual: Array
    allowed: Array
    oracle: str
    y_bar: Array
    y: Array
    primals: Mapping[str, Array] = field(default_factory=dict)
    sweep: Sweep | None = None
    kept: bool = True

    @property
    def known(self) -> Array:
        """Where both sides are known, a mask of the primal's shape; all False where the shapes differ."""
        if self.actual.shape != self.expected.shape:
            return np.zeros(self.expected.shape, dtype=bool)
        known: Array = np.isfinite(self.expected) & np.isfinite(self.actual)
        return known
