"""The nouns of update rules: hyperparameters, a family of rules, the choices in which its forms differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
State = dict[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """The numbers of an update rule; what a rule does not know is ignored by it.

    Attributes:
        learning_rate: Of every step.
        momentum: The part of the velocity that is kept.
        beta1: The part of the first moment that is kept.
        beta2: The part of the second moment, or of the mean square, that is kept.
        epsilon: Keeps a division by 0 away.
        weight_decay: 0 for none.
        accumulator: What AdaGrad's sum of squares begins with.
        nesterov: Whether the step looks ahead along the velocity.
        amsgrad: Whether the largest second moment so far divides.
    """

    learning_rate: float
    momentum: float = 0.0
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0
    accumulator: float = 0.0
    nesterov: bool = False
    amsgrad: bool = False


Choices = Mapping[str, str]
#: (state of one parameter, its gradient, hyperparameters, choices, number of the step from 1) -> what is subtracted.
Advance = Callable[[State, Array, Hyperparameters, Choices, int], Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A form of a rule that departs from the first one in one term or a few that belong together.

    Attributes:
        choices: Term to choice.
        words: What it is, as the end of a sentence.
        uses: Hyperparameters that must not be 0 or False for it to make a difference, "" for any.
    """

    choices: Choices
    words: str
    uses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A named update rule.

    Attributes:
        name: The rule's name, its file's.
        title: The name in the literature.
        summary: Its formula in torch's form, one line.
        advance: One step of one parameter.
        terms: Term to the choice of torch.optim, in the order in which a step uses them.
        variants: Forms that are right too.
        faults: Forms that are wrong in a class of this name.
        defaults: Hyperparameters a class of this name has even where its constructor does not take them.
    """

    name: str
    title: str
    summary: str
    advance: Advance
    terms: Choices
    variants: tuple[Alternative, ...]
    faults: tuple[Alternative, ...]
    defaults: Mapping[str, float]
