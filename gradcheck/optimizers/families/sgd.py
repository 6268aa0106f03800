"""Stochastic gradient descent, with momentum where the constructor takes one."""

from __future__ import annotations

from gradcheck.optimizers.alternatives import (
    COMMON,
    DECAYS,
    DESCENT,
    MASKED,
    SHARED,
    SIGN,
    VELOCITIES,
    WRONG_DECAYS,
    WRONG_VELOCITIES,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import descend

FAMILY = Family(
    name="sgd",
    title="SGD",
    summary="W -= learning_rate dW; with momentum, v <- momentum v + dW and W -= learning_rate v",
    advance=descend,
    terms={**DESCENT, **COMMON},
    variants=(*VELOCITIES, MASKED, *DECAYS),
    faults=(SIGN, SHARED, *WRONG_VELOCITIES, *WRONG_DECAYS),
    defaults={"momentum": 0.0},
)
