"""A training set-up in the one form every framework can be given in, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcheck.types.results import Outcome
from gradcheck.types.subject import Array

#: Something that holds numbers and can be changed in place: an array, a torch tensor, or an object whose `data` is one.
Holder = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSetup:
    """A training as four things that every framework has: parameters, a loss, its gradients, a step.

    The functions read the parameters and the batch where they lie; gradcheck moves those in place, calls the
    functions, and puts everything back. Only the first four are needed; each of the others opens more causes.

    >>> import numpy as np
    >>> W, x, t = np.zeros(3), np.eye(3), np.arange(3.0)
    >>> def gradient():
    ...     return {"W": 2 * x.T @ (x @ W - t)}
    >>> def step():
    ...     W[...] -= 0.1 * gradient()["W"]
    >>> setup = TrainingSetup(
    ...     parameters={"W": W}, loss=lambda: float(np.sum((x @ W - t) ** 2)), gradients=gradient, step=step
    ... )

    Attributes:
        parameters: Name to holder, or a function that gives this mapping.
        loss: () -> the loss on the batch, forward alone.
        gradients: () -> name to the gradient of that loss, freshly computed; None where there is none.
        step: () -> anything; one step of the training as the loop does it, on the same batch.
        predict: () -> the model's output on the batch.
        loss_of: An output's array -> the loss, were this the model's output.
        inputs: Name to holder of what the model reads.
        target: The holder of what it shall answer.
        optimizer: The object that moves the parameters; None where there is none.
        call_optimizer: Name of its method, "" where there is no optimizer or it is called with the parameters.
        buffers: () -> name to the gradient that lies there now, without computing it.
        models: The objects whose layers are watched.
        frozen: Names of parameters that are not meant to move.
        unregistered: Names of parameters that the framework does not know of, though the model holds them.
        name: What reports call it.
    """

    parameters: Mapping[str, Holder] | Callable[[], Mapping[str, Holder]]
    loss: Callable[[], Any]
    gradients: Callable[[], Mapping[str, Any]]
    step: Callable[[], Any]
    predict: Callable[[], Any] | None = None
    loss_of: Callable[[Array], Any] | None = None
    inputs: Mapping[str, Holder] = field(default_factory=dict)
    target: Holder = None
    optimizer: object = None
    call_optimizer: str = ""
    buffers: Callable[[], Mapping[str, Any]] | None = None
    models: Sequence[object] = ()
    frozen: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    name: str = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one cause concluded of a set-up.

    Attributes:
        outcome: FAILED where the explanation holds, PASSED where it was looked for and is not so.
        headline: The explanation in one line, in its own words.
        compared: How many comparisons it rests on.
        evidence: The numbers, one line each.
        meaning: What follows from it, one sentence.
        next_step: What to do, one sentence.
    """

    outcome: Outcome
    headline: str
    compared: int = 0
    evidence: tuple[str, ...] = ()
    meaning: str = ""
    next_step: str = ""
