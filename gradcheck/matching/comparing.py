"""A counterpart as an exact oracle: its gradients by torch's autograd, in the layer's own layout."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from gradcheck.judging.exact import judge_entries
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.probing import Point
from gradcheck.matching.agreement import evaluated, tensors
from gradcheck.numerics import steps
from gradcheck.tracing.pulling import pulled
from gradcheck.types import Array, Exact, Form, Oracle, Primals, Profile, Subject


def compared(point: Point, form: Form, title: str, estimating: Oracle, seed: int, profile: Profile) -> Judgement:
    """Compare each gradient with the counterpart's, entry by entry.

    Args:
        point: The layer's forward and backward.
        form: The counterpart as the layer lays it out.
        title: Its name.
        estimating: Finite differences, which certify it and give the second opinion.
        seed: Seed of their directions.
        profile: How much it may cost.
    """
    oracle = Oracle(
        name=f"torch's {title}",
        summary="torch's autograd on torch's own layer",
        unavailable=lambda _: None,
        directional=estimating.directional,
        entries=estimating.entries,
        exact=functools.partial(_exact, form),
    )
    return judge_entries(point, list(point.gradients[0]), oracle, estimating, seed, profile)


def _exact(form: Form, _: Subject, primals: Primals, cotangents: Sequence[Array], y: Array) -> Exact:  # noqa: ARG001 - an oracle's signature
    try:
        return Exact(gradients=tuple(gradients_of(form, primals, v) for v in cotangents))
    except RuntimeError as error:  # torch has strides that it goes through forwards only
        return Exact(refusal=f"torch cannot go back through it: {str(error).splitlines()[0]}")


def gradients_of(form: Form, primals: Primals, y_bar: Array) -> dict[str, Array]:
    """The counterpart's gradients by torch's autograd, zeros where it does not use a primal."""
    arguments = tensors(primals, requires_grad=True)
    return pulled(evaluated(form, arguments, y_bar), arguments, y_bar)


def precision_of(point: Point) -> float:
    """Relative precision of what the layer computes forward."""
    return max(point.subject.noise, point.subject.precision, steps.EPSILON)
