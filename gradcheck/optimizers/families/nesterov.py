"""Nesterov's accelerated gradient, in the form that takes the gradient where the parameters stand."""

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
    one,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import descend

FAMILY = Family(
    name="nesterov",
    title="Nesterov's accelerated gradient",
    summary="v <- momentum v + dW, W -= learning_rate (dW + momentum v)",
    advance=descend,
    terms={**DESCENT, **COMMON, "direction": "ahead"},
    variants=(*VELOCITIES, MASKED, *DECAYS),
    faults=(
        SIGN,
        SHARED,
        one("direction", "velocity", "the step does not look ahead: it is classical momentum", "momentum"),
        *WRONG_VELOCITIES,
        *WRONG_DECAYS,
    ),
    defaults={"momentum": 0.9},
)
