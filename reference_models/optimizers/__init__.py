"""One optimizer or learning-rate schedule per file.

An optimizer is made for named arrays and moves them in place: `optimizer.step(gradients)`. A schedule maps the number
of a step, counted from 0, to its learning rate, which the caller assigns to `optimizer.learning_rate`.
"""

from __future__ import annotations

from reference_models.optimizers.adam import Adam
from reference_models.optimizers.adamw import AdamW
from reference_models.optimizers.cosine import Cosine
from reference_models.optimizers.momentum import Momentum
from reference_models.optimizers.nesterov import Nesterov
from reference_models.optimizers.rmsprop import RMSProp
from reference_models.optimizers.sgd import SGD
from reference_models.optimizers.warm_up_inverse_square_root import WarmUpInverseSquareRoot

__all__ = ["SGD", "Adam", "AdamW", "Cosine", "Momentum", "Nesterov", "RMSProp", "WarmUpInverseSquareRoot"]
