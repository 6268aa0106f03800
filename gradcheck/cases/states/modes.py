"""Training and evaluation mode: where a layer keeps it, and the other one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gradcheck.cases.states.state import Slot, slots

TRAINING, EVALUATION = "training", "evaluation"
#: Flags that are true in training, and flags that are true in evaluation.
_TRAIN = re.compile(r"^_*(is_?)?train(ing)?(_?(mode|flag|flg|phase))?$", re.IGNORECASE)
_EVALUATE = re.compile(
    r"^_*(is_?)?(eval(uation|uating)?|test(ing)?|inference|predict(ing)?)(_?(mode|flag|phase))?$", re.IGNORECASE
)
_WORD = re.compile(r"^_*(mode|phase)$", re.IGNORECASE)
#: Words for the two modes, pairwise.
_WORDS = (("train", "test"), ("training", "testing"), ("train", "eval"), ("training", "evaluation"))


def flags(layer: object) -> list[tuple[Slot, Any]]:
    """The places of a layer and its parts that say which mode they are in."""
    return [(slot, value) for slot, value in slots(layer) if _opposite(slot.key, value) is not None]


def switch_layer(layer: object) -> str:
    """Exchange the mode of a layer and its parts; answers the name of the new one, "" where there is none."""
    now = ""
    for slot, value in flags(layer):
        other = _opposite(slot.key, value)
        slot.write(other)
        now = now or _name(slot.key, other)
    return now


def switch_arguments(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Those arguments of forward that say the mode, exchanged, and the name of the new one."""
    changed: dict[str, Any] = {}
    now = ""
    for name, value in arguments.items():
        if isinstance(value, dict):
            inner = {key: _opposite(key, item) for key, item in value.items()}
            inner = {key: item for key, item in inner.items() if item is not None}
            if inner:
                changed[name] = {**value, **inner}
                now = now or _name(*next(iter(inner.items())))
            continue
        other = _opposite(name, value)
        if other is not None:
            changed[name] = other
            now = now or _name(name, other)
    return changed, now


def is_evaluation(arguments: Mapping[str, Any]) -> bool:
    """Whether one of these arguments, named as they are or `bn_param.mode`, says evaluation."""
    last = {name.rpartition(".")[2]: value for name, value in arguments.items()}
    return any(_opposite(key, value) is not None and _name(key, value) == EVALUATION for key, value in last.items())


def _opposite(key: Any, value: Any) -> Any:
    """The value in the other mode, None where this is no mode."""
    if not isinstance(key, str):
        return None
    if isinstance(value, bool):
        return not value if _TRAIN.match(key) or _EVALUATE.match(key) else None
    if isinstance(value, str) and _WORD.match(key):
        for pair in _WORDS:
            if value in pair:
                return pair[1 - pair.index(value)]
    return None


def _name(key: str, value: Any) -> str:
    if isinstance(value, str):
        return TRAINING if value.startswith("train") else EVALUATION
    return TRAINING if bool(value) == bool(_TRAIN.match(key)) else EVALUATION
