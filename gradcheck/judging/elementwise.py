"""Local derivatives of functions that act entry by entry, and formulas they are known by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.types import Array, Dispute

#: Two derivatives are one where they differ by no more than this share of the larger.
SAME = 1.0e-6
#: Entries on which a formula must agree before it is believed.
FEWEST = 3


class Local(NamedTuple):
    """x_bar = y_bar * derivative, entry by entry, NaN where y_bar is zero: by the oracle, and by the layer."""

    expected: Array
    actual: Array


def local(dispute: Dispute) -> Local | None:
    """Both local derivatives, seen through another upstream gradient; None where either side mixes entries."""
    evidence = dispute.evidence
    y_bar = evidence.y_bar
    if not dispute.is_free or y_bar.shape != dispute.x.shape or y_bar.size < FEWEST:
        return None
    other = sampling.gaussian(sampling.generator(0, "a second upstream gradient"), y_bar.shape)
    other = np.where(y_bar != 0.0, np.where(other == 0.0, 1.0, other), 0.0)
    answers, actual = dispute.truth([other], None), dispute.backward(other)
    if answers is None or actual is None or actual.shape != y_bar.shape or evidence.actual.shape != y_bar.shape:
        return None
    with np.errstate(all="ignore"):
        seen = Local(answers[0] / other, np.asarray(actual, dtype=np.float64) / other)
        first = Local(dispute.expected[evidence.name] / y_bar, evidence.actual / y_bar)
    known = np.isfinite(first.expected) & np.isfinite(first.actual) & np.isfinite(seen.expected)
    if np.count_nonzero(known) < FEWEST or not same(first.expected[known], seen.expected[known]):
        return None
    return seen


def same(first: Array, second: Array) -> bool:
    """Whether two derivatives are one to rounding."""
    largest = max(float(np.max(np.abs(first), initial=0.0)), float(np.max(np.abs(second), initial=0.0)))
    return bool(np.all(np.abs(first - second) <= SAME * largest))


def formula(derivative: Array, x: Array, y: Array) -> str:
    """The formula in x and y that a derivative is, "" where it is none of those known."""
    known = np.isfinite(derivative)
    if np.count_nonzero(known) < FEWEST:
        return ""
    with np.errstate(all="ignore"):
        for name, value in _formulas(x, y):
            if np.all(np.isfinite(value[known])) and same(derivative[known], value[known]):
                return name
    return ""


def alone(variable: str, value: Array) -> Iterator[tuple[str, Array]]:
    """The known formulas in x alone, or in y alone, constants included, with what each comes to."""
    other = re.compile(r"\by\b" if variable == "x" else r"\bx\b")
    return ((name, found) for name, found in _formulas(value, value) if not other.search(name))


def evaluated(name: str, x: Array, y: Array) -> Array | None:
    """The values of a known formula at other x and y."""
    with np.errstate(all="ignore"):
        return next((value for known, value in _formulas(x, y) if known == name), None)


def levels(derivative: Array) -> tuple[float, ...]:
    """The one or two values that a derivative takes, ascending; empty where it takes more."""
    known = derivative[np.isfinite(derivative)]
    if known.size < FEWEST:
        return ()
    low, high = float(np.min(known)), float(np.max(known))
    if not np.all(near(known, low) | near(known, high)):
        return ()
    # Rounded as they are told: a slope of 0.1 is measured as 0.1 and a unit in the last place.
    ends = (low, high) if not near(np.array(low), high) else (low,)
    return tuple(float(f"{value:.9g}") + 0.0 for value in ends)


def near(derivative: Array, value: float) -> Array:
    """Where a derivative is a value, to rounding."""
    found: Array = np.abs(derivative - value) <= SAME * max(abs(value), 1.0)
    return found


def _formulas(x: Array, y: Array) -> Iterator[tuple[str, Array]]:
    yield "0", np.zeros_like(x)
    yield "1", np.ones_like(x)
    for name, v in (("x", x), ("y", y)):
        yield f"[{name} > 0]", (v > 0.0).astype(np.float64)
        yield f"[{name} < 0]", (v < 0.0).astype(np.float64)
    for name, v in (("y", y), ("x", x)):
        yield name, v
        yield f"1 - {name}", 1.0 - v
        yield f"1 + {name}", 1.0 + v
        yield f"{name} (1 - {name})", v * (1.0 - v)
        yield f"1 - {name}^2", 1.0 - v**2
        yield f"1 + {name}^2", 1.0 + v**2
        yield f"{name}^2", v**2
        yield f"2 {name}", 2.0 * v
        yield f"1 / {name}", 1.0 / v
        yield f"exp({name})", np.exp(v)
        yield f"exp(-{name})", np.exp(-v)
        sigmoid = 1.0 / (1.0 + np.exp(-v))
        yield f"sigmoid({name})", sigmoid
        yield f"sigmoid'({name})", sigmoid * (1.0 - sigmoid)
        yield f"1 - tanh({name})^2", 1.0 - np.tanh(v) ** 2
        yield f"1 - tanh({name})", 1.0 - np.tanh(v)
        yield f"cos({name})", np.cos(v)
        yield f"-sin({name})", -np.sin(v)
        yield f"sign({name})", np.sign(v)
        yield f"3 {name}^2", 3.0 * v**2
        yield f"1 / (2 {name})", 0.5 / v
    yield "x y", x * y
    yield "y + sigmoid(x) (1 - y)", y + (1.0 - y) / (1.0 + np.exp(-x))
