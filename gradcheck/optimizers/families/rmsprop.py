"""RMSProp."""

from __future__ import annotations

from gradcheck.optimizers.alternatives import (
    COMMON,
    DECAYS,
    EPSILONS,
    MASKED,
    MEAN_FAULTS,
    SHARED,
    SIGN,
    SQUARE_FAULTS,
    WRONG_DECAYS,
    one,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import divide

FAMILY = Family(
    name="rmsprop",
    title="RMSProp",
    summary="s <- decay s + (1 - decay) dW^2, W -= learning_rate dW / (sqrt(s) + epsilon)",
    advance=divide,
    terms={
        "square": "square",
        "start": "zero",
        "mean": "averaged",
        "correction": "none",
        "centre": "zero",
        "root": "root",
        "epsilon": "outside",
        **COMMON,
    },
    variants=(
        *EPSILONS,
        one("start", "one", "the mean square begins with 1"),
        one("start", "square", "the mean square begins with the first square"),
        one("correction", "power", "the mean square is corrected for its start at 0"),
        one("centre", "mean", "the mean square is centred by the mean"),
        MASKED,
        *DECAYS,
    ),
    faults=(SIGN, SHARED, *MEAN_FAULTS, *SQUARE_FAULTS, *WRONG_DECAYS),
    defaults={"momentum": 0.0, "beta2": 0.99},
)
