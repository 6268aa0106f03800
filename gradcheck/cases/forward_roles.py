"""What an argument of forward means, from its name alone: position is wrong in one repository of twenty."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from gradcheck.cases.family import Family, plain

ForwardRole = Literal[
    "input", "prediction", "target", "state", "query", "key", "value", "memory", "mask", "flag", "ids", "lengths", "rate", "other"
]

#: First match wins; whole names, in lower case without underscores.
_ROLES: Final[tuple[tuple[ForwardRole, re.Pattern[str]], ...]] = (
    ("flag", re.compile(r"(is)?(train|training)(fl(a)?g|mode|ing)?|entrenando|mode|(is)?(eval|test|testing|inference|predict)(mode)?")),
    ("mask", re.compile(r".*mask")),
    ("rate", re.compile(r"lr|learningrate|eta|stepsize")),
    ("lengths", re.compile(r".*len(gth)?s")),
    ("ids", re.compile(r"(.*(token|input|word|context))?(ids|indices|indexes|idxs?|index)|tokens|words")),
    ("prediction", re.compile(r"(y|t)?(pred|preds|predicted|predictions?|hat)|outputs?|logits|log(its)?probs?|prob(s|abilities)?|scores?")),
    ("target", re.compile(r"y|t|ytrue|true|yreal|.*targets?|.*labels?|yt|tt|truth|groundtruth|gt|expected|actual|desired|onehot|d")),
    ("state", re.compile(r"h|c|s|(h|c|s)(0|prev|prevt|prevl|tprev|tm1|t1|t|old|last|in|next)|prev(ious)?(h|c|s|hidden|state|cell)?(state)?|(hidden|cell|last|initial|init)?(state|states|hidden|cell)s?|at1|aprevt")),
    ("query", re.compile(r"q|query|queries|qs")),
    ("key", re.compile(r"k|keys?|ks")),
    ("value", re.compile(r"v|values?|vs")),
    ("memory", re.compile(r"(enc|encoder|cross|src|source|context)(out|output|outputs|hidden|states?)?|memory|context")),
    ("input", re.compile(r"x.*|.*in(put)?s?|input.*|a|z|data|.*(image|img).*|features?|tgt|trg|a.?prev|batch")),
)  # fmt: skip

_TRAINING_FLAG: Final = re.compile(r"(is)?(train|training)(fl(a)?g|ing|mode)?|entrenando")


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
        is_switch = (p.default is None or isinstance(p.default, (bool, int))) and _TRAINING_FLAG.fullmatch(plain(p.name)) is not None
        if is_required or is_switch:
            given.append(ForwardArgument(name=p.name, role=role_of_argument(p.name)))
    if all(argument.role == "flag" for argument in given):
        first = next((p for p in parameters if p.kind is not p.VAR_KEYWORD and role_of_argument(p.name) != "flag"), None)
        if first is not None:
            name = "x" if first.kind is first.VAR_POSITIONAL else first.name
            given.insert(0, ForwardArgument(name=name, role="input"))
    return given


def flag_value(name: str) -> bool | str:
    """What to give a required flag: the layer is to train."""
    wanted = plain(name)
    if wanted == "mode":
        return "train"
    return re.search(r"eval|test|inference|predict", wanted) is None


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
    if target.role in {"state", "query", "key", "value", "memory"}:
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
