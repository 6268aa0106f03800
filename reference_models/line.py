"""Train the perceptron on noisy points of the line y = 2x + 1: `python -m reference_models.line`.

Prints the loss and the norm of each parameter's gradient per epoch, both averaged over the epoch's batches, then the
largest error on [-5, 5]. Exit code 0 when that is within ALLOWED_ERROR, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reference_models.mlp import MLP
from reference_models.numpy_layers import MeanSquaredError

ALLOWED_ERROR = 0.05  # in y
REACH = 5.0  # x lies in [-REACH, REACH]
NOISE = 0.1  # standard deviation of y
POINTS = 8192
BATCH = 32
LEARNING_RATE = 0.02  # of the first epoch; it falls to 0 in a straight line
LAYER_SIZES = (1, 32, 32, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one pass over the points gave: mean loss, and parameter name to mean norm of its gradient."""

    number: int
    loss: float
    gradient_norms: Mapping[str, float]


def line(x: np.ndarray) -> np.ndarray:
    """Map x (...) to 2x + 1 (...)."""
    y: np.ndarray = 2 * x + 1
    return y


def sgd_step(model: MLP, learning_rate: float) -> None:
    """Move each parameter against the gradient of the latest backward: W -= learning_rate dW, in place."""
    gradients = model.gradients()
    for name, parameter in model.parameters().items():
        parameter[...] -= learning_rate * gradients[name]


def train(model: MLP, *, epochs: int, seed: int) -> Iterator[Epoch]:
    """Train by mini-batch stochastic gradient descent; one Epoch after each pass over the points."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-REACH, REACH, (POINTS, 1))
    y = line(x) + NOISE * rng.standard_normal((POINTS, 1))
    loss = MeanSquaredError()
    for number in range(1, epochs + 1):
        learning_rate = LEARNING_RATE * (1 - (number - 1) / epochs)
        losses = []
        norms: dict[str, list[float]] = {name: [] for name in model.parameters()}
        for batch in rng.permutation(POINTS).reshape(-1, BATCH):
            losses.append(float(loss.forward(model.forward(x[batch]), y[batch])))
            model.backward(loss.backward())
            for name, gradient in model.gradients().items():
                norms[name].append(float(np.linalg.norm(gradient)))
            sgd_step(model, learning_rate)
        yield Epoch(
            number=number,
            loss=float(np.mean(losses)),
            gradient_norms={name: float(np.mean(values)) for name, values in norms.items()},
        )


def largest_error(model: MLP) -> float:
    """Largest distance between the model and the line without noise, on a fine grid over [-REACH, REACH]."""
    x = np.linspace(-REACH, REACH, 1001)[:, np.newaxis]
    return float(np.abs(model.forward(x) - line(x)).max())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m reference_models.line", description="Learn y = 2x + 1.")
    parser.add_argument("--epochs", type=int, default=40, help="passes over the points (default %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, points and order (default %(default)s)")
    options = parser.parse_args(arguments)

    model = MLP(LAYER_SIZES, seed=options.seed)
    names = list(model.parameters())
    sys.stdout.write("gradient norms on the right\n" + f"{'epoch':>5} {'loss':>9}  " + "  ".join(names) + "\n")
    for epoch in train(model, epochs=options.epochs, seed=options.seed):
        norms = "  ".join(f"{epoch.gradient_norms[name]:{len(name)}.4f}" for name in names)
        sys.stdout.write(f"{epoch.number:5} {epoch.loss:9.5f}  {norms}\n")

    error = largest_error(model)
    within = error <= ALLOWED_ERROR
    verdict = "within" if within else "more than"
    sys.stdout.write(f"largest error on [-{REACH:g}, {REACH:g}]: {error:.4f}, {verdict} the {ALLOWED_ERROR} allowed\n")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
