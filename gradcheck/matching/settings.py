"""Settings of a layer as its counterpart needs them; where none is stated, what people write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from gradcheck.types import Signature

#: What is added to a variance where nothing is stated: values in use, torch's own first.
EPSILONS: Final = (1e-5, 1e-8, 1e-6, 1e-7, 1e-12, 1e-10, 1e-9, 1e-3, 1e-4, 1e-15, 1e-16, 0.0)
EPSILON_NAMES: Final = ("eps", "epsilon", "epsillon", "ep", "e", "epsval", "variancepsilon", "varianceepsilon")


def number(signature: Signature, *names: str) -> float | None:
    """The first of these settings that is a number."""
    value = signature.setting(*names)
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(value, bool | str) or not isinstance(value, int | float | np.number):
        return None
    return float(value)


def whole(signature: Signature, *names: str) -> int | None:
    """The first of these settings that is a whole number."""
    value = number(signature, *names)
    return int(value) if value is not None and value == int(value) else None


def flag(signature: Signature, *names: str) -> bool | None:
    """The first of these settings that is true or false."""
    value: Any = signature.setting(*names)
    return bool(value) if isinstance(value, bool | np.bool_) else None


def epsilons(signature: Signature) -> Iterator[tuple[float, str]]:
    """What may be added to a variance, and the difference if it is not what the layer's own setting says."""
    stated = number(signature, *EPSILON_NAMES)
    if stated is not None:
        yield stated, ""
    for value in dict.fromkeys((*signature.constants, *EPSILONS)):
        if value != stated:
            yield value, "" if stated is None else f"adds {value:g} where its setting says {stated:g}"
