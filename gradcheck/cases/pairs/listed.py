"""Arguments of a forward that are lists of arrays: what a concatenation, a stack or a sum of many is handed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

from gradcheck.cases.naming.family import plain
from gradcheck.cases.pairs.wording import is_gone_through

#: Names that mean several arrays, whatever is done with them.
_NAMES = re.compile(r"(list(of)?)?(arrays|tensors|arrs|xs)|(array|tensor|x)list")
_ANNOTATION = re.compile(r"^(typing\.)?(list|sequence|tuple|iterable)\b.*(array|tensor|ndarray)", re.IGNORECASE)


def listed(function: Callable[..., Any]) -> frozenset[str]:
    """Names of the arguments that are lists of arrays, by their names, their annotations or what is done with them.

    Args:
        function: The forward.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return frozenset()
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return frozenset(p.name for p in parameters if p.kind not in starred and _is_list(function, p))


def _is_list(function: Callable[..., Any], parameter: inspect.Parameter) -> bool:
    if parameter.annotation is not parameter.empty:
        written = parameter.annotation
        if _ANNOTATION.match(written if isinstance(written, str) else str(written)):
            return True
    return _NAMES.fullmatch(plain(parameter.name)) is not None or is_gone_through(function, parameter.name)
