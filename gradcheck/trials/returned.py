"""What a function that makes a training returned, in the words of `check_training`."""

from __future__ import annotations

from typing import Any

from gradcheck.cases.declaring.validation import nearest
from gradcheck.errors import UsageError
from gradcheck.types import TrainingSetup

NAMES = ("model", "loss", "optimizer", "batch")


def arguments_of(made: Any, maker: str) -> dict[str, Any]:
    """The arguments for `trials.binding.bind`.

    Args:
        made: A TrainingSetup, a tuple of model, loss, optimizer and batch, or a dict of them with `step` beside.
        maker: What the function is called, for the message.

    Raises:
        UsageError: It is nothing of the kind.
    """
    if isinstance(made, TrainingSetup):
        return {"model": made}
    if isinstance(made, dict) and "model" in made:
        known = (*NAMES, "step")
        if unknown := [str(name) for name in made if name not in known]:
            message = f"{maker} returned a dict with {unknown[0]!r}{nearest(unknown[0], known)}"
            raise UsageError(message)
        return dict(made)
    if isinstance(made, tuple) and len(made) == len(NAMES):
        return dict(zip(NAMES, made, strict=True))
    message = (
        f"{maker} returned {type(made).__name__}; expected (model, loss, optimizer, (x, target)), "
        "a dict of them with step= beside, or a gradcheck.TrainingSetup"
    )
    raise UsageError(message)
