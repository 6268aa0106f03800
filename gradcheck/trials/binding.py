"""From what a person has at hand to a set-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcheck.errors import UsageError
from gradcheck.trials.kinds import numpy_model, tape, torch_module
from gradcheck.types import TrainingSetup


def bind(
    model: Any, loss: Any = None, optimizer: Any = None, batch: Any = None, step: Callable[[], Any] | None = None
) -> TrainingSetup:
    """Make a set-up of a model, a loss, an optimizer and a batch; a set-up is taken as it is.

    Args:
        model: A torch module, a model on a tape, a NumPy model, or a TrainingSetup.
        loss: (output, target) -> the loss; for NumPy an object with forward and backward, or a pair of functions.
        optimizer: Its step moves the parameters; may be left out where `step` is given.
        batch: What the model reads, and the target last.
        step: One step of the training as the loop does it; the usual order of calls where it is left out.

    Raises:
        UsageError: Something is missing.
    """
    if isinstance(model, TrainingSetup):
        return model
    if loss is None or not isinstance(batch, (tuple, list)) or len(batch) < 2:
        message = (
            "check_training needs model, loss, optimizer and batch=(inputs, target), or a TrainingSetup; "
            f"got loss={type(loss).__name__}, batch={type(batch).__name__}"
        )
        raise UsageError(message)
    if optimizer is None and step is None:
        message = "give optimizer=, or step=, a function without arguments that takes one step of your training"
        raise UsageError(message)
    kind: Any = numpy_model
    if torch_module.recognises(model):
        kind = torch_module
    elif tape.recognises(model):
        kind = tape
    setup: TrainingSetup = kind.setup(model, loss, optimizer, tuple(batch), step)
    return setup
