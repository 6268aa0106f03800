"""Adam."""

from __future__ import annotations

from gradcheck.optimizers.alternatives import (
    ADAM,
    ADAM_VARIANTS,
    COMMON,
    CORRECTION_FAULTS,
    DECAYS,
    MOMENT_FAULTS,
    SHARED,
    SIGN,
    WRONG_DECAYS,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import adapt

FAMILY = Family(
    name="adam",
    title="Adam",
    summary="m, s <- running means of dW, dW^2, both over 1 - beta^t, W -= learning_rate m / (sqrt(s) + epsilon)",
    advance=adapt,
    terms={**ADAM, **COMMON},
    variants=(*ADAM_VARIANTS, *DECAYS),
    faults=(SIGN, *CORRECTION_FAULTS, SHARED, *MOMENT_FAULTS, *WRONG_DECAYS),
    defaults={},
)
