"""The perceptron with hidden layers on the noisy line."""

from __future__ import annotations

from reference_models import line
from reference_models.mlp import MLP
from reference_models.train.task import Report, Result, Step, Task

STEPS_OF_AN_EPOCH = line.POINTS // line.BATCH


def train(seed: int, steps: int, report: Report) -> Result:
    """Train by whole passes over the points, the last of them begun within `steps`."""
    model = MLP(line.LAYER_SIZES, seed=seed)
    for epoch in line.train(model, epochs=-(-steps // STEPS_OF_AN_EPOCH), seed=seed):
        report(Step(number=epoch.number * STEPS_OF_AN_EPOCH, loss=epoch.loss))
    error = line.largest_error(model)
    return Result(
        reached=error <= line.ALLOWED_ERROR,
        sentence=f"largest error {error:.4f} on [-{line.REACH:g}, {line.REACH:g}], {line.ALLOWED_ERROR} allowed",
        levels={"noise": line.NOISE**2},
    )


TASK = Task(
    name="line",
    summary="an MLP learns y = 2x + 1 from noisy points by stochastic gradient descent",
    stated=f"within {line.ALLOWED_ERROR} on [-{line.REACH:g}, {line.REACH:g}]",
    steps=40 * STEPS_OF_AN_EPOCH,
    train=train,
)
