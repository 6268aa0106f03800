"""What the arguments of a constructor or of a step mean, by their names, and what is given for them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from gradcheck.source.optimizer_names import LEARNING_RATES

# Values at which every term of a rule is seen: no two roles share one, and epsilon is far from rounding.
LEARNING_RATE = 0.05
MOMENTUM = 0.7
BETA1 = 0.8
BETA2 = 0.9
EPSILON = 1e-3
WEIGHT_DECAY = 0.1

VALUES: Mapping[str, Any] = {
    "learning_rate": LEARNING_RATE,
    "momentum": MOMENTUM,
    "beta1": BETA1,
    "beta2": BETA2,
    "betas": (BETA1, BETA2),
    "epsilon": EPSILON,
    "weight_decay": 0.0,
    "rate_decay": 0.0,
    "accumulator": 0.0,
    "dampening": 0.0,
    "nesterov": False,
    "amsgrad": False,
    "flag": False,
    "none": None,
}

_NAMES = {
    "learning_rate": "|".join(sorted(LEARNING_RATES)),
    "momentum": r"momentum\w*|mom|mu|moment",
    "beta1": r"(beta|b|rho|decay|decay_rate)_?1",
    "beta2": r"(beta|b|rho|decay|decay_rate)_?2",
    "betas": r"betas?",
    "epsilon": r"eps\w*|delta|tiny|stab\w*",
    "weight_decay": r"weight_?decay\w*|wd|l2\w*|lambda_?\w*|lam|lambd|lmbda|reg|regulari[sz]ation\w*",
    "rate_decay": r"decay|(lr|learning_?rate)_?decay\w*",
    "accumulator": r"init\w*accum\w*",
    "dampening": r"dampening",
    "nesterov": r"nesterov|use_nesterov",
    "amsgrad": r"amsgrad",
    "flag": r"centered|maximi[sz]e|verbose|foreach|fused|capturable|differentiable",
    "none": r"lr_?scheduler|scheduler|clip_?norm|decay_type|closure|cur_loss|loss|model_state",
    "name": r"\w*_?name|key",
    "model": r"model|net|network|nn|neural_?net\w*|m",
    "layers": r"layers|modules",
    "layer": r"layer|module",
    "gradient_function": r"grad\w*_func\w*|func\w*_grad\w*",
    "gradients": r"\w*grad\w*|d_?w\w*|d_?theta|d_?params|g|gs|derivatives?|deltas?",
    "decayed": r"regulari[sz]able\w*|decay_params",
    "parameters": r"(model_)?param\w*|weights?|w|ws|thetas?|variables?|vars?|tensors|values|x|p",
    "count": r"t|_|steps?|iter\w*|epoch|n_iter|time_?step",
    "state": r"v|m|s|v_hat|m_hat|cache|velocity|h|state",
}
_PATTERNS = {role: re.compile(pattern) for role, pattern in _NAMES.items()}

#: What a name that several rules use means in one of them.
_BY_FAMILY = {
    "sgd": {"beta": "momentum", "gamma": "momentum", "rho": "momentum", "alpha": "weight_decay"},
    "momentum": {"beta": "momentum", "gamma": "momentum", "rho": "momentum", "alpha": "momentum"},
    "nesterov": {"beta": "momentum", "gamma": "momentum", "rho": "momentum"},
    "rmsprop": dict.fromkeys(("beta", "gamma", "rho", "alpha", "decay_rate", "decay", "beta1", "smoothing"), "beta2"),
    "adam": {"beta": "beta1", "gamma": "beta2"},
    "adamw": {"beta": "beta1", "gamma": "beta2"},
}
#: Below this a `decay` is one of the learning rate; a share that is kept is larger.
LARGEST_RATE_DECAY = 0.5


def role(name: str, family: str, others: frozenset[str], default: object = inspect.Parameter.empty) -> str:
    """The role of an argument, "" where its name says nothing.

    Args:
        name: The argument's name.
        family: The rule the class claims to be.
        others: All names of the signature, in lower case.
        default: Its default, where it has one.
    """
    plain = name.lower().strip("_") or name
    named_rate = bool((others - {"alpha", "eta", "rate"}) & LEARNING_RATES)
    special = _BY_FAMILY.get(family, {}).get(plain, "")
    if special and not (plain in LEARNING_RATES and not named_rate):
        small = isinstance(default, (int, float)) and default < LARGEST_RATE_DECAY
        if not (plain == "decay" and small):
            return special
    if plain == "m" and "v" in others:
        return "state"
    found = next((found for found, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), "")
    return "" if found == "learning_rate" and plain in {"alpha", "eta", "rate"} and named_rate else found


def arguments(function: Any, family: str) -> dict[str, tuple[str, inspect.Parameter]]:
    """Name to (role, parameter) of what a bound function or a class takes, stars left out.

    Args:
        function: A class, whose constructor counts, or a bound method.
        family: The rule the class claims to be.
    """
    parameters = list(inspect.signature(function).parameters.values())
    if inspect.isclass(function) and any(p.kind is p.VAR_KEYWORD for p in parameters):
        for base in function.__mro__[1:-1]:
            inherited = inspect.signature(base).parameters.values()
            parameters += [p for p in inherited if p.name not in {known.name for known in parameters}]
    plain = [p for p in parameters if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
    names = frozenset(p.name.lower().strip("_") for p in plain)
    return {p.name: (role(p.name, family, names, p.default), p) for p in plain}
