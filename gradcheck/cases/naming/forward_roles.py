"""What an argument of forward means, from its name alone: position is wrong in one repository of twenty."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from gradcheck.cases.naming.family import Family, plain

ForwardRole = Literal[
    "input", "prediction", "target", "state", "query", "key", "value", "memory", "mask", "flag", "ids", "lengths",
    "rate", "other",
]  # fmt: skip


def _whole(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_TRAINING: Final = _whole(r"(is)?(train|training)(fl(a)?g|ing|mode)?", "entrenando")
_EVALUATION: Final = _whole(r"(is)?(eval|evaluate|evaluation|test|testing|inference|infer|predict)(mode)?")
#: Names of arguments that say the mode by a word.
_MODES: Final = frozenset({"mode", "phase"})

#: First match wins; whole names, in lower case without underscores.
_ROLES: Final[tuple[tuple[ForwardRole, re.Pattern[str]], ...]] = (
    ("flag", _whole(_TRAINING.pattern, _EVALUATION.pattern, "mode|phase")),
    ("mask", _whole(r".*mask")),
    ("rate", _whole("lr|learningrate|eta|stepsize")),
    ("lengths", _whole(r".*len(gth)?s")),
    ("ids", _whole(r"(.*(token|input|word|context))?(ids|indices|indexes|idxs?|index)", "tokens|words")),
    (
        "prediction",
        _whole(
            r"[yt]?(pred|preds|predicted|predictions?|hat)", r"outputs?|logits|log(its)?probs?", r"prob(s|abilities)?",
            r"scores?",
        ),
    ),
    (
        "target",
        _whole(
            "y|t|d|yt|tt|gt|ytrue|true|yreal|truth|groundtruth|expected|actual|desired|onehot", r".*(target|label)s?"
        ),
    ),
    (
        "state",
        _whole(
            "[hcs]", r"[hcs](0|prev|prevt|prevl|tprev|tm1|t1|t|old|last|in|next)", "at1|aprevt",
            r"prev(ious)?([hcs]|hidden|state|cell)?(state)?", r"(hidden|cell|last|initial|init)?(state|hidden|cell)s?",
        ),
    ),
    ("query", _whole("q|qs|query|queries")),
    ("key", _whole("k|ks|keys?")),
    ("value", _whole("v|vs|values?")),
    (
        "memory",
        _whole(r"(enc|encoder|encoded|cross|src|source)(out|output|outputs|hidden|states?)?", "memory|context"),
    ),
    (
        "input",
        _whole(r"x.*", r".*in(put)?s?", r"input.*", r"a|z|aprev|data|features?|tgt|trg|batch", r".*(image|img).*"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardArgument:
    """One argument forward is called with.

    Attributes:
        name: As in the signature; "x" for `*args`.
        role: What it means.
    """

    name: str
    role: ForwardRole


def forward_arguments(forward: Callable[..., Any]) -> list[ForwardArgument]:
    """The arguments to give: the required ones and training flags, in the signature's order.

    A forward whose input has a default, or that takes `*args` only, still gets one input.
    """
    parameters = _parameters(forward)
    given: list[ForwardArgument] = []
    for p in parameters:
        is_required = p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        if is_required or is_switch(p):
            given.append(ForwardArgument(name=p.name, role=role_of_argument(p.name)))
    if all(argument.role == "flag" for argument in given):
        named = (p for p in parameters if p.kind is not p.VAR_KEYWORD)
        first = next((p for p in named if role_of_argument(p.name) != "flag"), None)
        if first is not None:
            name = "x" if first.kind is first.VAR_POSITIONAL else first.name
            given.insert(0, ForwardArgument(name=name, role="input"))
    return given


def is_switch(parameter: inspect.Parameter) -> bool:
    """Whether an argument that may be left out says the mode: a cache for backward is often kept in training alone."""
    wanted, default = plain(parameter.name), parameter.default
    if _TRAINING.fullmatch(wanted):
        return default is None or isinstance(default, (bool, int))
    if wanted in _MODES:
        return isinstance(default, str) and _EVALUATION.fullmatch(default.lower()) is not None
    return default is True and _EVALUATION.fullmatch(wanted) is not None


def flag_value(name: str) -> bool | str:
    """What to give a required flag: the layer is to train."""
    wanted = plain(name)
    if wanted in _MODES:
        return "train"
    return _EVALUATION.fullmatch(wanted) is None


def role_of_argument(name: str) -> ForwardRole:
    """What an argument of forward means, by its name."""
    wanted = plain(name)
    return next((role for role, pattern in _ROLES if pattern.fullmatch(wanted)), "other")


def loss_roles(arguments: Sequence[ForwardArgument], family: Family) -> tuple[str, str] | None:
    """Names of the prediction and the target, None where forward is not that of a loss.

    A target is what is named so; beside an argument that is named as neither, the other one is its counterpart.
    """
    candidates = [a for a in arguments if a.role not in {"flag", "mask", "lengths", "rate"}]
    if len(candidates) < 2:
        return None
    first, second = candidates[:2]
    targets = [a for a in (first, second) if a.role == "target"]
    predictions = [a for a in (first, second) if a.role == "prediction"]
    if family != "loss" and not (targets or predictions):
        return None
    if len(targets) == 1:
        target = targets[0]
    elif len(predictions) == 1:
        target = second if predictions[0] is first else first
    elif family == "loss":
        target = _stronger_target(first, second) if len(targets) == 2 else second
    else:
        return None
    prediction = first if target is second else second
    is_distribution = family == "loss" and plain(target.name) == "q"
    if target.role in {"state", "query", "key", "value", "memory"} and not is_distribution:
        return None
    return prediction.name, target.name


def _stronger_target(first: ForwardArgument, second: ForwardArgument) -> ForwardArgument:
    # `forward(y, t)`: y is the answer there; `forward(y_true, y)` likewise.
    weak = plain(second.name) == "y"
    return first if weak else second


def _parameters(forward: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(forward).parameters.values())
    except (TypeError, ValueError):
        # Written in C, or a proxy: one input is the best guess.
        return [inspect.Parameter("x", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
