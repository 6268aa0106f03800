"""Other shapes of a second input whose first shape was made up: one number a row, a mask over the rows.

Nobody told what a weight or a mask beside the data looks like. A layer that is wrong on the first guess and right on
another that its forward takes as well is right for what it is for.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.cases.guessing.draws import Kind, draw
from gradcheck.cases.guessing.given import described
from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.cases.running.items import array_of
from gradcheck.choosing import Accepted, Plan, agrees, bound, request_of
from gradcheck.numerics import sampling
from gradcheck.types import Array, Subject

Shape = tuple[int, ...]


def reshaped(found: Accepted, plan: Plan) -> Accepted | None:
    """The layer on another shape of one input beside the first, on which all gradients agree; None where none does.

    Args:
        found: What the layer would be judged on.
        plan: What is built.
    """
    beside = _beside(found)
    if not beside or _is_right(found.subject):
        return None
    for inputs in _others(found, beside, plan.seed):
        subject = _bound(found.layer, inputs, plan)
        if subject is not None and set(found.subject.primals) <= set(subject.primals) and _is_right(subject):
            return dataclasses.replace(found, subject=subject, inputs=inputs)
    return None


def as_answered(found: Accepted, shapes: Mapping[str, Shape], plan: Plan) -> Accepted | None:
    """The layer on inputs of the shapes of the gradients that its backward answers; None where it does not take them.

    Args:
        found: What the layer would be judged on.
        shapes: Name of an input to the shape of its gradient.
        plan: What is built.
    """
    arguments, differentiable = dict(found.inputs.arguments), found.inputs.differentiable
    for name, shape in shapes.items():
        # What was taken for a setting is no negative number.
        kind: Kind = "gaussian" if name in differentiable else "positive"
        arguments[name] = np.asarray(draw(kind, shape, name, plan.seed, batch_axis=None))
    inputs = dataclasses.replace(
        found.inputs,
        arguments=arguments,
        differentiable=tuple(dict.fromkeys([*differentiable, *shapes])),
        description=described(arguments),
    )
    subject = _bound(found.layer, inputs, plan) if shapes else None
    if subject is None or subject.uncompared or not set(shapes) <= set(subject.primals):
        return None
    return dataclasses.replace(found, subject=subject, inputs=inputs)


def _bound(layer: object, inputs: Inputs, plan: Plan) -> Subject | None:
    try:
        return bound(request_of(layer, inputs, plan))
    except Exception:  # noqa: BLE001 - forward or backward may refuse the shape; then it is not what is meant
        return None


def _beside(found: Accepted) -> list[str]:
    """The real arrays beside the data that nothing is differentiated by; the target of a loss is none of them."""
    arguments = found.inputs.arguments
    arrays = [name for name, value in arguments.items() if _is_real(value)]
    is_loss = len(found.inputs.differentiable) == 1 and found.subject.value(found.subject.primals).ndim == 0
    return [name for name in arrays[2 if is_loss else 1 :] if name not in found.inputs.differentiable]


def _others(found: Accepted, beside: list[str], seed: int) -> Iterator[Inputs]:
    arguments = found.inputs.arguments
    data = np.asarray(array_of(arguments, found.inputs.differentiable[0]) if found.inputs.differentiable else 0.0)
    for name in beside if data.ndim > 1 else ():
        value = arguments[name]
        for shape in (data.shape[:1], (data.shape[0], *(1,) * (data.ndim - 1))):
            if shape != value.shape:
                other = {**arguments, name: _drawn(value, shape, name, seed)}
                yield dataclasses.replace(found.inputs, arguments=other, description=described(other))


def _drawn(value: Array, shape: Shape, name: str, seed: int) -> Array:
    """Values of the same kind: zeros and ones, of which each is there, or real numbers."""
    if not np.all((value == 0.0) | (value == 1.0)):
        return draw("positive" if np.all(value > 0.0) else "gaussian", shape, name, seed, batch_axis=None)
    rng = sampling.generator(seed, f"reshaped {name}")
    size = int(np.prod(shape))
    return np.asarray(rng.permutation(np.arange(size) % 2), dtype=np.float64).reshape(shape)


def _is_right(subject: Subject) -> bool:
    try:
        return agrees(subject)
    except Exception:  # noqa: BLE001 - a backward that raises is not right
        return False


def _is_real(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fb" and value.ndim > 0
