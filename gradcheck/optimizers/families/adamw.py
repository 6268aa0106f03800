"""Adam with decoupled weight decay."""

from __future__ import annotations

from gradcheck.optimizers.alternatives import (
    ADAM,
    ADAM_VARIANTS,
    COMMON,
    CORRECTION_FAULTS,
    DECAYS,
    DECOUPLED,
    MOMENT_FAULTS,
    SHARED,
    SIGN,
    WRONG_DECAYS,
    one,
)
from gradcheck.optimizers.model import Family
from gradcheck.optimizers.rules import adapt

_COUPLED = one(
    "decay", "coupled", "weight decay is coupled: it passes through the moments, which is Adam's", "weight_decay"
)

FAMILY = Family(
    name="adamw",
    title="AdamW",
    summary="W -= learning_rate weight_decay W, then as Adam without decay",
    advance=adapt,
    terms={**ADAM, **COMMON, "decay": "decoupled"},
    variants=(*ADAM_VARIANTS, *(decay for decay in DECAYS if decay.choices["decay"] in DECOUPLED)),
    faults=(SIGN, *CORRECTION_FAULTS, SHARED, *MOMENT_FAULTS, _COUPLED, *WRONG_DECAYS),
    defaults={},
)
