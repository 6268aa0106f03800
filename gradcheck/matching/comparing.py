"""Every entry of every gradient of a layer against its counterpart's.

For an entry g of the layer and r of the counterpart:

    allowed = 8 (s_r + s_g) + 64 e |g| + 8 e ||v|| + rounding

s_r and s_g are how far r and g move when the primals move by one unit in the last place (the magnitude of the terms
that are summed into an entry, whatever cancels among them), e is the relative precision of the layer, v the cotangent,
and rounding what reading the gradient adds. A tie or a kink within one unit in the last place allows its own jump.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gradcheck.judging import locating, probing
from gradcheck.judging.judge import arbitrated
from gradcheck.judging.locating import Located
from gradcheck.judging.probing import Point
from gradcheck.matching.agreement import evaluated, perturbed, tensors
from gradcheck.numerics import compare, steps, tolerance
from gradcheck.types import Array, Form, Oracle, Outcome, Primals, Quantity

#: Perturbations in the last place of which the larger effect counts.
DRAWS = 2


def compared(point: Point, form: Form, oracle: Oracle, precision: float) -> tuple[list[Quantity], list[Located]]:
    """Compare each gradient with the counterpart's.

    Args:
        point: The layer's forward and backward; its first cotangent is used.
        form: The counterpart as the layer lays it out.
        oracle: Finite differences, for the second opinion.
        precision: Relative precision of the layer.

    Returns:
        A quantity per gradient, and what was located of those that failed.
    """
    y_bar = point.cotangents[0]
    expected = gradients_of(form, point.subject.primals, y_bar)
    spread = _reference_spread(form, point, expected, precision)
    own: Mapping[str, Array] | None = None
    quantities, located = [], []
    for name, actual in point.gradients[0].items():
        allowed = _allowed(point, name, spread[name], precision)
        if np.any(np.abs(actual - expected[name]) > allowed):
            # The layer's own spread costs backward passes, and is asked for only where something disagrees.
            own = own if own is not None else _layer_spread(point, precision)
            allowed = allowed + own.get(name, 0.0)
        quantity, found = _judged(point, name, expected[name], allowed, oracle)
        quantities.append(quantity)
        if found is not None and quantity.outcome is Outcome.FAILED:
            located.append(found)
    return quantities, located


def gradients_of(form: Form, primals: Primals, y_bar: Array) -> dict[str, Array]:
    """The counterpart's gradients by torch's autograd, zeros where it does not use a primal."""
    import torch

    arguments = tensors(primals, requires_grad=True)
    value = evaluated(form, arguments, y_bar)
    upstream = torch.tensor(np.asarray(y_bar, dtype=np.float64), dtype=torch.float64)
    found = torch.autograd.grad(value, list(arguments.values()), upstream, allow_unused=True)
    return {
        name: np.zeros(primals[name].shape) if gradient is None else gradient.numpy()
        for name, gradient in zip(arguments, found, strict=True)
    }


def _allowed(point: Point, name: str, spread: Array, precision: float) -> Array:
    precision = max(precision, point.precision.get(name, 0.0))
    own = tolerance.BACKWARD_ROUNDINGS * precision * np.abs(point.gradients[0][name])
    cancelled = tolerance.cancellation_bound(point.cotangents[0], np.ones(1), precision)
    allowed: Array = spread + own + cancelled + point.rounding.get(name, 0.0)
    return allowed


def _reference_spread(form: Form, point: Point, expected: Mapping[str, Array], precision: float) -> dict[str, Array]:
    spread = {name: np.zeros(x.shape) for name, x in expected.items()}
    for draw in range(DRAWS):
        moved = gradients_of(form, perturbed(point.subject.primals, precision, draw), point.cotangents[0])
        spread = {name: np.maximum(s, np.abs(moved[name] - expected[name])) for name, s in spread.items()}
    return {name: _margin(s) for name, s in spread.items()}


def _layer_spread(point: Point, precision: float) -> dict[str, Array]:
    known = point.gradients[0]
    spread = {name: np.zeros(g.shape) for name, g in known.items()}
    for draw in range(DRAWS):
        try:
            _, vjp = point.subject.value_and_vjp(perturbed(point.subject.primals, precision, draw))
            moved = probing.comparable(vjp(point.cotangents[0]), point.subject)
        except Exception:  # noqa: BLE001, S112 - the user's code may raise anywhere but at the point; that spread is unknown
            continue
        spread = {n: np.maximum(s, np.abs(moved[n] - known[n])) if n in moved else s for n, s in spread.items()}
    return {name: _margin(s) for name, s in spread.items()}


def _margin(spread: Array) -> Array:
    # Two draws may leave an entry unmoved by chance; its neighbours' typical movement stands in.
    typical = tolerance.norm(spread) / np.sqrt(max(spread.size, 1))
    margin: Array = tolerance.ROUNDING_MARGIN * np.maximum(
        spread, min(typical, float(np.median(spread)) if spread.size else 0.0)
    )
    return margin


def _judged(
    point: Point, name: str, expected: Array, allowed: Array, oracle: Oracle
) -> tuple[Quantity, Located | None]:
    x, actual = point.subject.primals[name], point.gradients[0][name]
    finite = np.isfinite(expected)
    wrong = finite & (np.abs(actual - expected) > allowed)
    scale = float(np.max(np.abs(expected[finite]), initial=0.0))
    outcome, reason, found = Outcome.PASSED, "", None
    if np.any(wrong):
        found = _located(point, name, expected, allowed, wrong, oracle)
        outcome, reason = arbitrated(point, found)
    elif not np.all(finite):
        outcome, reason = Outcome.INCONCLUSIVE, "the counterpart's gradient is not finite here"
    elif scale > 0.0 and float(np.median(allowed)) > tolerance.DECISIVE * scale:
        outcome, reason = Outcome.INCONCLUSIVE, "rounding hides the gradient; inputs nearer to 1 would decide"
    failed = outcome is Outcome.FAILED
    return Quantity(
        name=name,
        role=point.subject.roles[name],
        shape=x.shape,
        dtype=str(point.subject.native.get(name, x.dtype)),
        outcome=outcome,
        wrong=int(np.count_nonzero(wrong)) if failed else 0,
        size=x.size,
        smallest_error=float(np.median(allowed)) / scale if scale > 0.0 and allowed.size else 0.0,
        factor=found.factor if found and failed else None,
        reason=reason,
    ), found


def _located(point: Point, name: str, expected: Array, allowed: Array, wrong: Array, oracle: Oracle) -> Located:
    x, actual = point.subject.primals[name], point.gradients[0][name]
    disagreement = np.where(wrong, actual - expected, 0.0)
    flat = {"expected": expected.ravel(), "actual": actual.ravel(), "allowed": allowed.ravel()}
    indices = np.arange(x.size)
    return Located(
        indices=indices,
        **flat,
        wrong=int(np.count_nonzero(wrong)),
        complete=True,
        mismatches=compare.mismatches(name, x.shape, indices, **flat),
        confirmed=locating.second_opinion(point, {name: disagreement}, 0, oracle),
        factor=compare.common_factor(**flat),
    )


def precision_of(point: Point) -> float:
    """Relative precision of what the layer computes forward."""
    return max(point.subject.noise, point.subject.precision, steps.EPSILON)
