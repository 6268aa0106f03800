"""Everything the causes look at, each observed when it is first asked for, and once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from gradcheck.numerics import sampling
from gradcheck.numerics.steps import magnitude
from gradcheck.trials.activations import Activation, activations
from gradcheck.trials.holders import read
from gradcheck.trials.slope import Slope, compare
from gradcheck.trials.standing import Reason, reasons
from gradcheck.trials.trial import Gradients, Point, Trial
from gradcheck.trials.walk import Walk, walk
from gradcheck.types import Array, Outcome, TrainingSetup

#: Groups that are compared one by one; more are compared together first, and halved where they disagree.
MOST_GROUPS = 24
#: Roundings of the loss, with a margin for long sums, that count as no change.
NOISE = 100.0
#: Where the loss is looked at to see whether it depends on something at all: half a magnitude away from the start.
ELSEWHERE = 0.5


class Observed:
    """A set-up as the causes see it.

    Args:
        trial: The set-up.
        steps: Steps of the longest walk.
    """

    def __init__(self, trial: Trial, steps: int) -> None:
        self.trial = trial
        self.steps = steps
        self._scaled: dict[float, Walk] = {}
        self._slopes: dict[tuple[str, ...], Slope] = {}

    @property
    def setup(self) -> TrainingSetup:
        """The set-up itself."""
        return self.trial.setup

    @cached_property
    def start(self) -> Point:
        """The parameters at the start."""
        with self.trial.fresh():
            return self.trial.parameters()

    @cached_property
    def trained(self) -> tuple[str, ...]:
        """Names of the parameters that are meant to move, in the model's order."""
        return tuple(name for name in self.start if name not in self.setup.frozen and self.start[name].size)

    @cached_property
    def loss(self) -> float:
        """The loss at the start."""
        return self.trial.loss_at()

    @cached_property
    def gradients(self) -> Gradients:
        """The gradients at the start."""
        return self.trial.gradients_at()

    @cached_property
    def output(self) -> Array | None:
        """The model's output at the start."""
        return self.trial.output_at()

    @cached_property
    def inputs(self) -> dict[str, Array]:
        """What the model reads."""
        with self.trial.fresh():
            return {name: read(holder) for name, holder in self.setup.inputs.items()}

    @cached_property
    def target(self) -> Array | None:
        """What the model shall answer."""
        with self.trial.fresh():
            return None if self.setup.target is None else read(self.setup.target)

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """What the layers put out."""
        return activations(self.trial)

    @property
    def walk(self) -> Walk:
        """The training's own steps."""
        return self.scaled(1.0)

    def scaled(self, scale: float) -> Walk:
        """As many steps with every update multiplied by a factor."""
        if scale not in self._scaled:
            self._scaled[scale] = walk(self.trial, self.steps, scale=scale)
        return self._scaled[scale]

    @cached_property
    def static(self) -> tuple[str, ...]:
        """Names of the parameters that not one of the first steps changed, in any bit."""
        first, *later = self.walk.points
        return tuple(n for n in self.trained if later and all(np.array_equal(first[n], p[n]) for p in later))

    @cached_property
    def elsewhere(self) -> Point:
        """Parameters well away from the start, where nothing is zero by initialisation."""
        rng = sampling.generator(self.trial.seed, "elsewhere")
        return {
            name: (values + ELSEWHERE * magnitude(values) * sampling.gaussian(rng, values.shape)).astype(values.dtype)
            for name, values in self.start.items()
            if np.issubdtype(values.dtype, np.floating)
        }

    @cached_property
    def still(self) -> Mapping[str, Reason]:
        """Why each of the static parameters stands still."""
        return reasons(
            self.trial, self.walk, self.static, {name: self.gradients.get(name) for name in self.static}, self.start
        )

    def depends(self, name: str) -> tuple[float, float, bool]:
        """The loss at the start, the loss with one parameter moved well away, and whether they differ.

        What depends on a parameter only far from here is not told apart from what depends on it here.
        """
        moved = {name: self.elsewhere[name]} if name in self.elsewhere else {}
        elsewhere = self.trial.loss_at(moved)
        noise = abs(self.trial.loss_at() - self.loss)
        eps = max(float(np.finfo(values.dtype).eps) for values in (self.elsewhere or {"": np.zeros(1)}).values())
        return self.loss, elsewhere, abs(elsewhere - self.loss) > NOISE * (eps * abs(self.loss) + noise)

    def slope(self, *names: str) -> Slope:
        """The slope of the loss along a direction in some of the parameters."""
        if names not in self._slopes:
            self._slopes[names] = compare(self.trial, names, self.start, self.gradients, purpose=names[0])
        return self._slopes[names]

    @cached_property
    def slopes(self) -> dict[str, Slope]:
        """One comparison per parameter; those of many that agree together share one."""
        if len(self.trained) <= MOST_GROUPS:
            return {name: self.slope(name) for name in self.trained}
        return self._halved(self.trained)

    def _halved(self, names: Sequence[str]) -> dict[str, Slope]:
        together = self.slope(*names)
        if together.outcome is Outcome.PASSED or len(names) == 1:
            return dict.fromkeys(names, together)
        middle = len(names) // 2
        return {**self._halved(names[:middle]), **self._halved(names[middle:])}
