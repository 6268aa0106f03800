"""Backward is linear in the upstream gradient: B(a v + b w) = a B(v) + b B(w).

Clipping, |g|, g * g, a mask taken from the gradient and a stale cache all break it, and no comparison with a
positive or a one-hot upstream gradient shows any of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import comparable
from gradcheck.numerics import compare, sampling, steps, tolerance
from gradcheck.types import Array, Check, CheckResult, Context, Mismatch, Outcome, Quantity, Role, Subject, Vjp

#: A negative factor and a large one: clipping and thresholds act far from 1, |g| and relu(g) below 0.
FACTORS = (-1.5, 40.0)
#: A multiple of the parameter is one to this relative accuracy: far above rounding.
PROPORTIONAL = 1.0e-6
#: Keeps a division by the squares of a zero parameter finite.
SMALLEST = 1.0e-300


def examine(context: Context) -> CheckResult:
    """Call backward with v, with w and with a v + b w from one forward, and compare."""
    subject, name = context.case.subject, short_name(context)
    if subject.cotangent is not None:
        return result(context, "linearity", Outcome.NOT_APPLICABLE, "backward takes no upstream gradient")
    if subject.stateful_update:
        return result(context, "linearity", Outcome.NOT_APPLICABLE, "backward moves the weights by an optimizer")
    y, vjp = subject.value_and_vjp(subject.primals)
    if not np.all(np.isfinite(y)):
        return result(context, "linearity", Outcome.INCONCLUSIVE, "forward is not finite on this input")
    v = sampling.gaussian(sampling.generator(context.case.seed, "linearity v"), y.shape)
    w = sampling.gaussian(sampling.generator(context.case.seed, "linearity w"), y.shape)
    a, b = FACTORS
    joint = a * v + b * w
    nudged = joint * (1.0 + _epsilon(subject) * np.sign(w))
    try:
        parts = [comparable(vjp(upstream), subject) for upstream in (v, w, joint, nudged)]
    except Exception as error:  # noqa: BLE001 - the user's backward may raise anything; the contract check reports it
        reason = f"backward raises {type(error).__name__}; see contract"
        return result(context, "linearity", Outcome.NOT_APPLICABLE, reason)
    names = [n for n in parts[0] if all(n in part for part in parts)]
    if not names:
        return result(context, "linearity", Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    if all(not np.any(part[n]) for part in parts for n in names):
        return result(context, "linearity", Outcome.INCONCLUSIVE, "every gradient is zero here")
    loudest = max(float(np.max(np.abs(part[n]), initial=0.0)) for part in parts for n in names)
    upstream = float(np.max(np.abs(joint)))
    if loudest <= tolerance.BACKWARD_ROUNDINGS * _epsilon(subject) * upstream:
        # A saturated layer: what is left of a unit gain after cancelling is rounding, and rounding is not linear.
        return result(context, "linearity", Outcome.INCONCLUSIVE, "every gradient vanishes to rounding here")
    found: dict[str, tuple[Mismatch, ...]] = {n: _mismatches(n, parts, subject, max(loudest, upstream)) for n in names}
    quantities = [_quantity(n, subject, found) for n in names]
    wrong = [n for n in names if found[n]]
    if wrong:
        decay = _decay(vjp, y, subject)
        less = [{n: g - decay.get(n, 0.0) for n, g in part.items()} for part in parts]
        found.update({n: _mismatches(n, less, subject, max(loudest, upstream)) for n in wrong if n in decay})
        wrong = [n for n in names if found[n]]
    if not wrong:
        headline = f"{name}: backward is linear in the upstream gradient"
        return result(context, "linearity", Outcome.PASSED, headline, compared=len(names), quantities=quantities)
    return result(
        context,
        "linearity",
        Outcome.FAILED,
        f"{name}: backward is not linear in the upstream gradient (`{wrong[0]}`)",
        compared=len(names),
        quantities=quantities,
        mismatches=found[wrong[0]],
        table=(f"expected = {a:g} * backward(v) + {b:g} * backward(w)", f"actual   = backward({a:g} * v + {b:g} * w)"),
        hint=("backward may clip, square, take the absolute value or a mask of its upstream gradient",),
    )


def _decay(vjp: Vjp, y: Array, subject: Subject) -> dict[str, Array]:
    """What backward adds whatever the upstream gradient, where that is a multiple of the parameter: weight decay.

    It is no error of linearity; the gradient check names it.
    """
    try:
        at_zero = comparable(vjp(np.zeros_like(y)), subject)
    except Exception:  # noqa: BLE001 - a backward that refuses zero adds nothing to it
        return {}
    found = {}
    for name, constant in at_zero.items():
        x = subject.primals[name]
        rate = float(np.sum(constant * x)) / max(float(np.sum(np.square(x))), SMALLEST)
        is_parameter = subject.roles[name] is Role.PARAMETER and x.size > 1
        if is_parameter and np.any(constant) and np.allclose(constant, rate * x, rtol=PROPORTIONAL, atol=0.0):
            found[name] = constant
    return found


def _mismatches(name: str, parts: list[dict[str, Array]], subject: Subject, loudest: float) -> tuple[Mismatch, ...]:
    a, b = FACTORS
    expected = a * parts[0][name] + b * parts[1][name]
    actual = parts[2][name]
    # Both sides round like a sum of at most a few thousand terms. A backward that is not linear is off by the
    # order of the gradient itself: the root of the epsilon lies half-way between the two on a logarithmic scale.
    scale = max(float(np.max(np.abs(expected), initial=0.0)), float(np.max(np.abs(actual), initial=0.0)))
    epsilon = max(subject.noise, _epsilon(subject))
    # Where terms cancel (a saturated softmax) what is left is rounding; one unit in the last place of the upstream
    # gradient shows how large that is.
    spread = float(np.max(np.abs(parts[3][name] - actual), initial=0.0))
    # A gradient that is zero in truth (the shift before a softmax) is the rounding of its neighbours.
    # And a unit gain that cancels leaves the rounding of the upstream gradient itself.
    rounding = tolerance.BACKWARD_ROUNDINGS * (spread + epsilon * loudest)
    allowed = np.full(expected.size, np.sqrt(epsilon) * scale + rounding)
    return compare.mismatches(name, expected.shape, np.arange(expected.size), expected.ravel(), actual.ravel(), allowed)


def _epsilon(subject: Subject) -> float:
    native = [float(np.finfo(dtype).eps) for dtype in subject.native.values() if dtype.kind == "f"]
    return max([steps.EPSILON, subject.precision, *native])


def _quantity(name: str, subject: Subject, found: Mapping[str, tuple[Mismatch, ...]]) -> Quantity:
    x = subject.primals[name]
    return Quantity(
        name=name,
        role=subject.roles[name],
        shape=x.shape,
        dtype=str(subject.native.get(name, x.dtype)),
        outcome=Outcome.FAILED if found[name] else Outcome.PASSED,
        wrong=len(found[name]),
        size=x.size,
        at_least=len(found[name]) >= compare.MOST_MISMATCHES,
    )


CHECK = Check(
    name="linearity",
    summary="backward is linear in the upstream gradient, negative and large ones included",
    examine=examine,
)
