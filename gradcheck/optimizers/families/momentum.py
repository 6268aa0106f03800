"""Gradient descent with momentum."""

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
    name="momentum",
    title="SGD with momentum",
    summary="v <- momentum v + dW, W -= learning_rate v",
    advance=descend,
    terms={**DESCENT, **COMMON},
    variants=(*VELOCITIES, MASKED, *DECAYS),
    faults=(SIGN, SHARED, *WRONG_VELOCITIES, *WRONG_DECAYS),
    defaults={"momentum": 0.9},
)
