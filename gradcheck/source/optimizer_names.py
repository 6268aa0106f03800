"""What the name of a class says about the update rule it claims to be."""

from __future__ import annotations

import re

#: Words that say nothing about the rule.
_IDLE = re.compile(r"optimi[sz]er|optimzer|optim|algorithm|numpy|custom|my")

#: Names without underscores and idle words, in lower case, to the rule's file in gradcheck/optimizers/families.
ALIASES = {
    "sgd": "sgd",
    "gd": "sgd",
    "gradientdescent": "sgd",
    "stochasticgradientdescent": "sgd",
    "batchgradientdescent": "sgd",
    "minibatchgradientdescent": "sgd",
    "vanillagradientdescent": "sgd",
    "vanillasgd": "sgd",
    "regularizedsgd": "sgd",
    "momentum": "momentum",
    "sgdmomentum": "momentum",
    "momentumsgd": "momentum",
    "sgdwithmomentum": "momentum",
    "momentumgradientdescent": "momentum",
    "gradientdescentmomentum": "momentum",
    "gradientdescentwithmomentum": "momentum",
    "nesterov": "nesterov",
    "nag": "nesterov",
    "sgdnesterov": "nesterov",
    "nesterovsgd": "nesterov",
    "nesterovmomentum": "nesterov",
    "nesterovacceleratedgradient": "nesterov",
    "adagrad": "adagrad",
    "adaptivegradient": "adagrad",
    "rmsprop": "rmsprop",
    "rootmeansquarepropagation": "rmsprop",
    "adam": "adam",
    "adaptivemomentestimation": "adam",
    "adamw": "adamw",
    "adamwithdecoupledweightdecay": "adamw",
}

#: Names of the method that makes a step, the likeliest first.
STEP_NAMES = (
    "step", "update", "update_params", "update_parameters", "update_weights", "apply_gradients", "apply", "optimize",
    "iterate", "minimize", "__call__",
)  # fmt: skip

#: Names of a learning rate.
LEARNING_RATES = frozenset({"lr", "learning_rate", "learningrate", "alpha", "eta", "step_size", "stepsize", "rate"})


def claimed(name: str) -> str:
    """The rule that a class of this name claims to be, "" where it claims none.

    >>> claimed("Optimizer_Adam"), claimed("RMSProp"), claimed("SGD_momentum"), claimed("AdamScheduler")
    ('adam', 'rmsprop', 'momentum', '')
    """
    return ALIASES.get(_IDLE.sub("", name.lower().replace("_", "")), "")
