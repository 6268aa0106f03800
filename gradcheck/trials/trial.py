"""Evaluations of a training set-up: each from the same start, with the same random numbers, nothing left behind."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

from gradcheck.cases.running.evaluation import protected
from gradcheck.errors import UsageError
from gradcheck.trials.holders import number, read, write
from gradcheck.trials.snapshot import Snapshot
from gradcheck.types import Array, TrainingSetup

Result = TypeVar("Result")
Point = Mapping[str, Array]
#: Name to gradient, None where there is none.
Gradients = Mapping[str, Array | None]


class Trial:
    """Runs the functions of a set-up from its start, as often as asked.

    Args:
        setup: The set-up; whatever it reaches is put back before every evaluation and by `restore`.
        seed: Of every random number that is drawn meanwhile.
    """

    def __init__(self, setup: TrainingSetup, seed: int) -> None:
        self.setup = setup
        self.seed = seed
        self._snapshot = Snapshot([setup])

    def restore(self) -> None:
        """Put everything back as it was handed over."""
        self._snapshot.restore()

    @contextlib.contextmanager
    def fresh(self, point: Point | None = None) -> Iterator[None]:
        """Begin at the start, or at other parameters; random state, warnings and output are the caller's afterwards."""
        self.restore()
        with protected(self.seed), _torch_protected(self.seed):
            if point:
                self.move(point)
            yield

    def move(self, point: Point) -> None:
        """Put numbers into some of the parameters."""
        holders = self.holders()
        for name, values in point.items():
            write(holders[name], values)

    def holders(self) -> Mapping[str, Any]:
        """Name to holder as they are now.

        Raises:
            UsageError: There is no parameter.
        """
        parameters = self.setup.parameters
        found = parameters() if callable(parameters) else parameters
        if not found:
            message = "the training has no parameters; hand over a model with parameters(), or a TrainingSetup"
            raise UsageError(message)
        return found

    def parameters(self) -> dict[str, Array]:
        """Copies of the parameters as they are now."""
        return {name: read(holder) for name, holder in self.holders().items()}

    def loss_at(self, point: Point | None = None) -> float:
        """The loss at some parameters, those of the start where none are given."""
        with self.fresh(point):
            return number(self.call("loss", self.setup.loss))

    def gradients_at(self, point: Point | None = None) -> dict[str, Array | None]:
        """The gradients that the set-up computes there; no entry or None is None."""
        with self.fresh(point):
            return self.read_all(self.call("gradients", self.setup.gradients))

    def output_at(self, point: Point | None = None, inputs: Mapping[str, Array] | None = None) -> Array | None:
        """The model's output, for other inputs where given; None where the set-up does not say."""
        if self.setup.predict is None:
            return None
        with self.fresh(point):
            self.exchange_inputs(inputs or {})
            output = self.call("predict", self.setup.predict)
            try:
                return read(output)
            except UsageError:  # an output of a kind of its own: what looks at outputs has nothing to say
                return None

    def loss_for(self, inputs: Mapping[str, Array], point: Point | None = None) -> float:
        """The loss for other inputs."""
        with self.fresh(point):
            self.exchange_inputs(inputs)
            return number(self.call("loss", self.setup.loss))

    def loss_of(self, output: Array) -> float | None:
        """The loss were this the model's output; None where the set-up does not say, or the loss refuses it."""
        if self.setup.loss_of is None:
            return None
        with self.fresh():
            try:
                return number(self.setup.loss_of(output))
            except Exception:  # noqa: BLE001 - the user's loss may refuse an output that was made up
                return None

    def exchange_inputs(self, inputs: Mapping[str, Array]) -> None:
        """Put numbers into some of the inputs."""
        for name, values in inputs.items():
            write(self.setup.inputs[name], values)

    def read_all(self, gradients: Mapping[str, Any]) -> dict[str, Array | None]:
        """One gradient per parameter as an array."""
        return {
            name: None if gradients.get(name) is None else np.asarray(read(gradients[name])) for name in self.holders()
        }

    def call(self, name: str, function: Callable[[], Result]) -> Result:
        """Call one of the set-up's functions.

        Raises:
            UsageError: It raised; the message says which and where.
        """
        try:
            return function()
        except UsageError:
            raise
        except Exception as error:  # the user's code may raise anything
            message = f"{name} of {self.setup.name} raised {described(error)}"
            raise UsageError(message) from error


def described(error: BaseException) -> str:
    """An exception in one line, with the place of the user's code it came through last."""
    place, frame = "", error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if "site-packages" not in file and f"{'gradcheck'}/trials" not in file.replace("\\", "/"):
            place = f" ({file.replace(chr(92), '/').rpartition('/')[2]}:{frame.tb_lineno})"
        frame = frame.tb_next
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}{place}" if said else f"{type(error).__name__}{place}"


@contextlib.contextmanager
def _torch_protected(seed: int) -> Iterator[None]:
    """Reseed torch and put its random state and gradient mode back, where it was imported at all."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        yield
        return
    state, enabled = torch.get_rng_state(), torch.is_grad_enabled()
    try:
        torch.manual_seed(seed)
        torch.set_grad_enabled(True)
        yield
    finally:
        torch.set_rng_state(state)
        torch.set_grad_enabled(enabled)
