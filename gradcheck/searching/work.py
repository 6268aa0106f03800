"""What a configuration costs, counted and not timed: the same on every machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final

import numpy as np

from gradcheck.searching.space import Space

#: Forwards of a configuration that is looked at once; backward is about as much again.
FORWARDS: Final = 10
#: Entries of arrays that NumPy works through while Python runs one line: about 1 microsecond.
ENTRIES: Final = 1000


def cost_of(space: Space) -> Callable[[Mapping[str, Any]], float]:
    """(forward's arguments in a configuration) -> lines of Python that looking at it takes.

    Lines are counted in one forward as the layer was built, and grow with the entries of the inputs, as loops over
    them do. Where somebody else traces lines (a debugger, a measurement of coverage) only entries are counted.

    Args:
        space: The configurations.
    """
    blueprint = space.blueprint
    lines = _lines_of(lambda: blueprint.value(blueprint.construct({}), blueprint.inputs))
    own = _entries(blueprint.inputs)

    def cost(inputs: Mapping[str, Any]) -> float:
        entries = _entries(inputs)
        return FORWARDS * (lines * max(entries / max(own, 1), 1.0) + entries / ENTRIES)

    return cost


def _entries(inputs: Mapping[str, Any]) -> int:
    return sum(value.size for value in inputs.values() if isinstance(value, np.ndarray))


def _lines_of(action: Callable[[], Any]) -> int:
    """How many lines of Python an action runs, its own imports among them; 0 where somebody else traces."""
    if sys.gettrace() is not None:
        return 0
    count = 0

    def trace(frame: FrameType, event: str, given: Any) -> Any:  # noqa: ARG001 - the signature is Python's
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(None)
    return count
