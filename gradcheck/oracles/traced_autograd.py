"""The user's own forward under torch's autograd: every entry of every gradient, to rounding.

NumPy's dispatch protocols hand each call on a traced array to torch (`gradcheck.tracing`). A trace whose value is
not the plain forward's to rounding is refused, and so is one that a traced value has left.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

import numpy as np

from gradcheck.numerics import steps
from gradcheck.types import Array, Directional, Estimate, Exact, Oracle, Primals, Subject, Tangents

#: Roundings a value may differ by: sums in another order and other kernels of the same function; every term of a
#: sum of 2^20 in the wrong order loses about 2^10 of them at random, and one operation follows another.
ROUNDINGS = 2.0**12
#: Relative error granted to a gradient, in units of the forward's own noise: as many roundings backward as forward.
GRADIENT_ROUNDINGS = 2.0**10


def exact(subject: Subject, primals: Primals, cotangents: Sequence[Array], y: Array) -> Exact:
    """Every gradient <v, J> at the primals, one mapping per cotangent v, or why there is none.

    Args:
        subject: The function under check.
        primals: The point.
        cotangents: Upstream gradients, the output's shape.
        y: The plain forward's answer at the point.
    """
    reason = unavailable(subject)
    if reason is not None or subject.replay is None:
        return Exact(refusal=reason or "")
    from gradcheck.tracing.recorded import record

    with np.errstate(all="ignore"):
        recorded = record(subject.replay, primals)
        if recorded.value is None:
            return Exact(refusal=f"cannot trace: {recorded.refusal}")
        difference = _difference(subject, primals, recorded.value, y)
        if difference:
            return Exact(refusal=difference)
        gradients = recorded.gradients(cotangents)
    for found in gradients:
        for name, gradient in found.items():
            if not np.all(np.isfinite(gradient)):
                return Exact(refusal=f"torch's gradient of `{name}` is not finite")
    return Exact(gradients=tuple(gradients))


def _difference(subject: Subject, primals: Primals, traced: Array, plain: Array) -> str:
    """Why the traced value is not the plain one, or ""."""
    if traced.shape != plain.shape:
        return f"the traced forward answers with shape {traced.shape}, the plain one with {plain.shape}"
    if np.array_equal(np.isfinite(traced), np.isfinite(plain)):
        finite = np.isfinite(plain)
        apart = float(np.max(np.abs(traced - plain)[finite], initial=0.0))
        scale = float(np.max(np.abs(plain[finite]), initial=0.0))
        if apart <= ROUNDINGS * max(subject.noise, steps.EPSILON) * scale:
            return ""
        if apart <= ROUNDINGS * _spread(subject, primals, plain):
            return ""
        return f"the traced forward's value is off the plain one's by {apart:.1e} at a scale of {scale:.1e}"
    return "the traced forward is not finite where the plain one is"


def _spread(subject: Subject, primals: Primals, y: Array) -> float:
    """How far one rounding of every primal moves the value: an ill-conditioned forward loses more than its noise."""
    moved = {name: x * (1.0 + steps.EPSILON) for name, x in primals.items()}
    change = np.abs(subject.value(moved) - y)
    return float(np.max(change[np.isfinite(change)], initial=0.0))


def directional(subject: Subject, directions: Sequence[Tangents], cotangents: Sequence[Array], y: Array) -> Directional:
    """<v, J d> for every direction and cotangent: inner products with the exact gradients."""
    answer = exact(subject, subject.primals, cotangents, y)
    if answer.refusal:
        nothing = Estimate(value=float("nan"), error_bound=float("inf"), masked=1.0)
        rows = tuple(tuple(nothing for _ in cotangents) for _ in directions)
    else:
        rows = tuple(tuple(_along(subject, found, d) for found in answer.gradients) for d in directions)
    return Directional(estimates=rows, cotangents=tuple(np.array(v) for v in cotangents), forwards=1)


def _along(subject: Subject, gradients: Primals, tangents: Tangents) -> Estimate:
    value = bound = 0.0
    for name, tangent in tangents.items():
        value += float(np.sum(gradients[name] * tangent))
        bound += float(np.max(np.abs(gradients[name]), initial=0.0)) * float(np.sqrt(np.sum(np.square(tangent))))
    return Estimate(value=value, error_bound=_relative(subject) * bound)


def entries(subject: Subject, name: str, indices: Array | None, cotangent: Array, y: Array) -> Estimate:
    """Single entries of the gradient; NaN where the trace is refused."""
    count = subject.primals[name].size if indices is None else len(indices)
    answer = exact(subject, subject.primals, (cotangent,), y)
    if answer.refusal:
        return Estimate(value=np.full(count, np.nan), error_bound=np.full(count, np.inf))
    gradient = answer.gradients[0][name]
    chosen = gradient.ravel() if indices is None else gradient.ravel()[indices]
    scale = float(np.max(np.abs(gradient), initial=0.0))
    return Estimate(value=chosen, error_bound=np.full(count, _relative(subject) * scale))


def _relative(subject: Subject) -> float:
    return GRADIENT_ROUNDINGS * max(subject.noise, steps.EPSILON)


def unavailable(subject: Subject) -> str | None:
    """Why no trace can be made here, or None."""
    if find_spec("torch") is None:
        return "torch is not installed; with gradcheck[torch] every entry of every gradient is compared exactly"
    if subject.replay is None:
        return "forward cannot be run again on traced arrays"
    return None


ORACLE = Oracle(
    name="traced_autograd",
    summary="the user's own forward under torch's autograd: every entry, to rounding",
    unavailable=unavailable,
    directional=directional,
    entries=entries,
    exact=exact,
)
