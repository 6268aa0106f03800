"""The lines that tell gradcheck how to build what it could not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

#: First arguments that nobody hands over.
_OWN = frozenset({"self", "cls", "ctx", "context"})


def case_lines(
    identity: str, what: str, made: str, forward: Callable[..., Any] | None = None, array: str = "np.random.randn(4, 8)"
) -> tuple[str, ...]:
    """A declared case to begin with; where forward takes several arguments, a place for each.

    Args:
        identity: The layer's identity.
        what: What the function returns beside the inputs.
        made: Code of it.
        forward: The user's forward, None where it is not at hand.
        array: Code of an input.
    """
    name = identity.rpartition("::")[2].rpartition(".")[2]
    wanted = _required(forward)
    more = "".join(f", {one}" for one in wanted[1:])
    told = f"  # {', '.join(wanted[1:])}: yours, as forward takes them" if more else ""
    return (
        f'@gradcheck.case("{identity}")  # in conftest.py; returns {what} and its inputs',
        f"def {name.lower()}_case(): return {made}, {array}{more}{told}",
    )


def _required(function: Callable[..., Any] | None) -> list[str]:
    """The arguments of a function that have no default."""
    if function is None:
        return []
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a builtin, or a class that tells none
        return []
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [p.name for i, p in enumerate(positional) if p.default is p.empty and not (i == 0 and p.name in _OWN)]
