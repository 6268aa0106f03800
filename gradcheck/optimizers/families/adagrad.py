"""AdaGrad."""

from __future__ import annotations

from gradcheck.optimizers.alternatives import (
    COMMON,
    DECAYS,
    EPSILONS,
    MASKED,
    SHARED,
    SIGN,
    SQUARE_FAULTS,
    WRONG_DECAYS,
    one,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import accumulate

FAMILY = Family(
    name="adagrad",
    title="AdaGrad",
    summary="s <- s + dW^2, W -= learning_rate dW / (sqrt(s) + epsilon)",
    advance=accumulate,
    terms={"square": "square", "sum": "kept", "root": "root", "epsilon": "outside", **COMMON},
    variants=(
        *EPSILONS,
        one("epsilon", "in the start", "epsilon is what the sum of squares begins with"),
        one("epsilon", "in every square", "epsilon is added to every square"),
        MASKED,
        *DECAYS,
    ),
    faults=(
        SIGN,
        SHARED,
        one("sum", "forgotten", "squares are not accumulated between steps"),
        one("sum", "late", "the sum of squares of the step before divides"),
        *SQUARE_FAULTS,
        *WRONG_DECAYS,
    ),
    defaults={},
)
