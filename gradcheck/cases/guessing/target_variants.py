"""Other targets for a loss whose guessed target only meets the prediction by broadcasting."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from gradcheck.cases.guessing.inputs import Inputs
from gradcheck.numerics import sampling


def target_variants(inputs: Inputs, seed: int) -> Iterator[Inputs]:
    """The same prediction with a target of its own shape: one-hot rows, zeros and ones, signs, numbers.

    Yields nothing unless there is one matrix prediction and one floating-point target of another shape.
    """
    if len(inputs.arguments) != 2 or len(inputs.differentiable) != 1:
        return
    name = inputs.differentiable[0]
    other = next(key for key in inputs.arguments if key != name)
    prediction, target = inputs.arguments[name], inputs.arguments[other]
    if not isinstance(target, np.ndarray) or prediction.ndim != 2 or target.shape == prediction.shape:
        return
    if target.dtype.kind in "iu" and target.ndim < 2:
        return
    rng = sampling.generator(seed, f"targets {other}")
    rows, columns = prediction.shape
    binary = rng.integers(0, 2, prediction.shape).astype(np.float64)
    variants = {
        "one-hot": np.eye(columns)[rng.integers(0, columns, rows)],
        "binary": binary,
        "signs": 2.0 * binary - 1.0,
        "numbers": sampling.gaussian(rng, prediction.shape),
    }
    for word, value in variants.items():
        description = f"{name} {prediction.shape}, {other} {value.shape} {word}"
        yield dataclasses.replace(inputs, arguments={**inputs.arguments, other: value}, description=description)
