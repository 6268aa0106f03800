"""Naming a constant factor between actual and expected: what it is, and what it may come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.types import Quantity, Role, Subject

#: Relative distance at which a measured factor is taken for a named one: ten times the spread of `compare`'s.
NEAR = 1.0e-5
#: What a factor with a name adds to the claim of an explanation.
CLAIM = 1.0
#: The largest whole numbers in a fraction that has a name.
LARGEST_TERM, LARGEST_BOTTOM = 9, 4
BATCH = "the batch size"
HALF = "the 2 of a square's derivative may be missing"
TWO = "a 2 may be one too many, or a half missing"
CONSTANT = "a constant of forward may be missing in backward, or one too many"


def describe(factor: float, subject: Subject, settings: Mapping[str, Any] | None = None, *, batch: bool = True) -> str:
    """A factor in words: `-expected`, `2 * expected`, `expected / 4, the batch size`.

    Args:
        factor: actual = factor * expected.
        subject: Its sizes may be the factor.
        settings: The layer's numbers by name, which may be too.
        batch: Whether it may be the batch size; it is none where it stays when the batch grows.
    """
    if _near(factor, -1.0):
        return "actual = -expected: the sign is wrong"
    if _near(factor, 0.0):
        return "actual is zero"
    known = _known(factor, subject, settings or {}, batch=batch)
    return known.told if known is not None else f"actual = {factor:.6g} * expected"


def advice(factor: float, subject: Subject, settings: Mapping[str, Any] | None = None, *, batch: bool = True) -> str:
    """What a factor may come from, "" where it says nothing."""
    if _near(factor, -1.0):
        return "a sign may be flipped"
    if _near(factor, 0.0):
        return "it may never be written"
    known = _known(factor, subject, settings or {}, batch=batch)
    return known.advice if known is not None else CONSTANT


def named(factor: float, subject: Subject, settings: Mapping[str, Any]) -> str:
    """A factor by its name alone, such as `1/4, the batch size`; "" where it has none, or is 1 or 0."""
    if _near(factor, -1.0):
        return "-1"
    known = None if _near(factor, 1.0) or _near(factor, 0.0) else _known(factor, subject, settings)
    return known.name if known is not None else ""


@dataclass(frozen=True, slots=True)
class _Known:
    """A factor with a name: its value, its name alone, told as an equation, and what it may come from."""

    value: float
    name: str
    told: str
    advice: str


def _known(factor: float, subject: Subject, settings: Mapping[str, Any], *, batch: bool = True) -> _Known | None:
    everything = (
        *_sizes(subject),
        *_numbers(),
        *_products(subject),
        *_settings(settings),
        *_ratios(),
        *_roots(subject),
    )
    allowed = (one for one in everything if batch or BATCH not in one.name)
    return next((one for one in allowed if _near(factor, one.value)), None)


def _sizes(subject: Subject) -> Iterator[_Known]:
    for size, name in dimension_names(subject).items():
        mean = f"a mean may stand where a sum belongs, over {name}" if size != 2 else HALF
        yield _Known(1.0 / size, f"1/{size}, {name}", f"actual = expected / {size}, {name}", mean)
        if size > 2:
            both = f"a sign may be flipped, and {mean}"
            yield _Known(-1.0 / size, f"-1/{size}, {name}", f"actual = -expected / {size}, {name}", both)
        if size > 2:
            total = f"a sum may stand where a mean belongs, over {name}"
            yield _Known(float(size), f"{size}, {name}", f"actual = {size} * expected, {size} is {name}", total)


def _numbers() -> Iterator[_Known]:
    for value, text in ((2.0, "2"), (0.5, "1/2"), (-2.0, "-2"), (-0.5, "-1/2")):
        yield _Known(value, text, f"actual = {text} * expected", HALF if abs(value) < 1.0 else TWO)


def _ratios() -> Iterator[_Known]:
    """Small fractions and whole numbers, as exponents and windows leave them."""
    for top in range(1, LARGEST_TERM + 1):
        for bottom in range(1, LARGEST_BOTTOM + 1):
            if top != bottom and np.gcd(top, bottom) == 1:
                for sign, mark in ((1, ""), (-1, "-")):
                    text = f"{mark}{top}/{bottom}" if bottom > 1 else f"{mark}{top}"
                    yield _Known(sign * top / bottom, text, f"actual = {text} * expected", CONSTANT)


def _products(subject: Subject) -> Iterator[_Known]:
    """Two sizes of one input at once, as in a mean over both axes."""
    for name, x in subject.primals.items():
        if subject.roles[name] is not Role.INPUT:
            continue
        for a in range(x.ndim):
            for b in range(a + 1, x.ndim):
                size = x.shape[a] * x.shape[b]
                if size > 2 and x.shape[a] > 1 and x.shape[b] > 1:
                    of = f"{name}.shape[{a}] * {name}.shape[{b}]"
                    mean = f"a mean may stand where a sum belongs, over axes {a} and {b}"
                    total = f"a sum may stand where a mean belongs, over axes {a} and {b}"
                    yield _Known(1.0 / size, f"1/{size}, {of}", f"actual = expected / {size}, {of}", mean)
                    yield _Known(float(size), f"{size}, {of}", f"actual = {size} * expected, {size} is {of}", total)


def _settings(settings: Mapping[str, Any]) -> Iterator[_Known]:
    """A number the layer holds, as it is or as layers use it: 1 - p, 1 / (1 - p), 1 / sqrt(d), k * k."""
    for name, setting in settings.items():
        if isinstance(setting, bool) or not isinstance(setting, int | float | np.number) or setting <= 0.0:
            continue
        value = float(setting)
        forms = [(value, name), (1.0 / value, f"1 / {name}"), (value**0.5, f"sqrt({name})")]
        forms += [(value**-0.5, f"1 / sqrt({name})"), (value**2, f"{name}^2"), (value**-2, f"1 / {name}^2")]
        if value < 1.0:
            forms += [(1.0 - value, f"(1 - {name})"), (1.0 / (1.0 - value), f"1 / (1 - {name})")]
        forms += [(1.0 / (1.0 + value), f"1 / (1 + {name})")]
        for found, form in forms:
            if not _near(found, 1.0):
                told = f"actual = {form} * expected, {name} = {value:g}"
                yield _Known(
                    found, f"{form}, {name} = {value:g}", told, f"{form} may be missing in backward, or one too many"
                )


def _roots(subject: Subject) -> Iterator[_Known]:
    for size, name in dimension_names(subject).items():
        for value, form in ((size**0.5, f"sqrt({size})"), (size**-0.5, f"1 / sqrt({size})")):
            yield _Known(
                value, f"{form}, {name}", f"actual = {form} * expected, {size} is {name}",
                f"{form} may be missing in backward, or one too many",
            )  # fmt: skip


def dimension_names(subject: Subject) -> dict[int, str]:
    """Sizes a factor may come from, with what they are, the batch first."""
    named: dict[int, str] = {}
    for name, x in subject.primals.items():
        if subject.roles[name] is Role.INPUT:
            for axis, size in enumerate(x.shape):
                if size > 1:
                    named.setdefault(size, BATCH if axis == 0 and x.ndim > 1 else f"{name}.shape[{axis}]")
            if x.size > 1:
                named.setdefault(x.size, f"{name}.size")
    return named


def mean_over(quantities: Sequence[Quantity], subject: Subject) -> int | None:
    """N where every parameter's gradient is the true one divided by the same N and every input's is right.

    N must be a size of an input. This is how layers look whose loss does not divide by the batch size.
    """
    parameters = [q for q in quantities if q.role is Role.PARAMETER]
    inputs = [q for q in quantities if q.role is Role.INPUT]
    factors = [q.factor for q in parameters]
    if not parameters or any(factor is None for factor in factors) or any(q.wrong for q in inputs):
        return None
    first = factors[0]
    # A factor is known no better than the gradient it was measured on.
    slack = max(NEAR, *(q.smallest_error for q in parameters))
    if first is None or first <= 0.0 or not all(_near(factor or 0.0, first, slack) for factor in factors):
        return None
    return next((size for size in dimension_names(subject) if _near(first, 1.0 / size, slack)), None)


def _near(value: float, target: float, slack: float = NEAR) -> bool:
    return abs(value - target) <= slack * max(abs(target), NEAR)
