"""What a layer that is called once answers: the expected side of every sequence of calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.types import Array, Context, Primals, Pullback, Role, Session, Subject, Vjp

#: What inputs and parameters of the other points are multiplied by: exact in binary, far from rounding, and inside
#: of every domain that 0 bounds.
SHRUNK = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One forward and one backward, and what a copy of the layer answers that is called this once.

    Attributes:
        primals: Inputs and parameters.
        y_bar: The upstream gradient.
        draw: Which random numbers forward is given.
        given: Other arguments of forward that differ from the case's.
        y: Forward's value.
        gradients: Primal name to gradient, as read.
        shapes: Shapes of the outputs that y lays end to end; empty where there is one.
    """

    primals: Primals
    y_bar: Array
    draw: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)
    y: Array
    gradients: Mapping[str, Array]
    shapes: tuple[tuple[int, ...], ...] = ()

    def outputs(self, values: Array) -> list[Array]:
        """Forward's value, or its upstream gradient, in the pieces that forward answers with."""
        if not self.shapes:
            return [values]
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        pieces = np.split(values, ends[:-1])
        return [piece.reshape(shape) for piece, shape in zip(pieces, self.shapes, strict=True)]


def alone(
    drive: Callable[[], Session],
    primals: Primals,
    y_bar: Callable[[Array], Array],
    *,
    draw: int = 0,
    given: Mapping[str, Any] | None = None,
) -> Moment:
    """The moment on a copy of its own.

    Args:
        drive: Opens a session.
        primals: Inputs and parameters.
        y_bar: Forward's value -> upstream gradient.
        draw: Which random numbers forward is given.
        given: Other arguments of forward that differ from the case's.

    Raises:
        Exception: What forward or backward raises.
    """
    session = drive()
    call = session.forward(primals, given or {}, draw)
    upstream = y_bar(call.y)
    answer = session.backward(call, upstream)
    gradients = {
        name: gradient - answer.held[name] if name in answer.added and name in answer.held else gradient
        for name, gradient in answer.gradients.items()
    }
    return Moment(
        primals=primals, y_bar=upstream, draw=draw, given=given or {}, y=call.y, gradients=gradients, shapes=call.shapes
    )  # fmt: skip


def called_once(
    subject: Subject, drive: Callable[[], Session], given: Mapping[str, Any] | None = None, draw: int = 0
) -> Subject:
    """The layer of other sessions as a Subject: every evaluation on a session of its own.

    Args:
        subject: The layer as the case has it.
        drive: Opens a session.
        given: Other arguments of forward that differ from the case's.
        draw: Which random numbers forward is given.
    """
    others = given or {}

    def value(primals: Primals) -> Array:
        return drive().forward(primals, others, draw).y

    def value_and_vjp(primals: Primals) -> tuple[Array, Vjp]:
        def vjp(y_bar: Array) -> Pullback:
            return Pullback(gradients=alone(drive, primals, lambda _: y_bar, draw=draw, given=others).gradients)

        return value(primals), vjp

    return dataclasses.replace(subject, value=value, value_and_vjp=value_and_vjp, replay=None, drive=drive)


def upstream_of(context: Context, purpose: str) -> Callable[[Array], Array]:
    """Forward's value -> a Gaussian upstream gradient, or the one that the layer takes."""
    fixed = context.case.subject.cotangent
    rng_seed = context.case.seed

    def drawn(y: Array) -> Array:
        if fixed is not None and fixed.shape == y.shape:
            return fixed
        if fixed is not None:
            return np.full(y.shape, float(fixed.flat[0]))
        return sampling.gaussian(sampling.generator(rng_seed, purpose), y.shape)

    return drawn


def elsewhere(subject: Subject) -> dict[str, Array]:
    """The primals with every input rolled along all its axes and shrunk: the same domain, other values."""
    return {
        name: SHRUNK * np.roll(x, [1] * x.ndim, axis=tuple(range(x.ndim))) if _is_input(subject, name) else x
        for name, x in subject.primals.items()
    }


def after_a_step(subject: Subject) -> dict[str, Array]:
    """The primals with every parameter shrunk, as an optimizer may leave them."""
    return {name: x if _is_input(subject, name) else SHRUNK * x for name, x in subject.primals.items()}


def _is_input(subject: Subject, name: str) -> bool:
    return subject.roles[name] is Role.INPUT
