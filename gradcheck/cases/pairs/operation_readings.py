"""How the backward of an operation is called: after its context come the upstream gradients, one for each output.

Names say nothing there: a framework hands them over by place, one to each output of forward.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.cases.pairs.function_pair import Handed, Reading
from gradcheck.cases.pairs.wording import returned_names


def operation_reading(backward: Callable[..., Any], raw: Any) -> Reading | None:
    """The reading by place; None where backward takes more than forward has outputs, or nothing beside its context.

    Args:
        backward: The pair's, its context first.
        raw: What forward answered, its context last.
    """
    context, *others = inspect.signature(backward).parameters.values()
    named = [p for p in others if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    needed = [p for p in named if p.default is p.empty]
    answered = raw[:-1] if isinstance(raw, tuple) else ()
    floats = [place for place, item in enumerate(answered) if is_output(item)]
    starred = next((p.name for p in others if p.kind is p.VAR_POSITIONAL), "")
    if not floats or len(needed) > len(answered):
        return None
    names = [p.name for p in named[: len(answered)]]
    if starred:
        names += [f"{starred}[{place}]" for place in range(len(answered) - len(names))]
    # One upstream gradient is that of the first output that has one: the others are for the curious.
    places = floats[:1] if len(names) == 1 else list(range(len(names)))
    outputs = tuple(place for place in places if place in floats)
    if not outputs:
        return None
    upstream = [
        Handed(name=name, source="upstream", place=place)
        if place in outputs
        else Handed(name=name, source="constant", constant=None)
        for name, place in zip(names, places, strict=True)
    ]
    kept = Handed(name=context.name, source="answer", place=len(raw) - 1)
    return Reading(outputs=outputs, handed=(kept, *upstream), returned=returned_names(backward))


def is_output(item: Any) -> bool:
    """Whether an item of forward's answer may be what is differentiated: a floating-point array or number."""
    if isinstance(item, np.ndarray):
        return bool(item.size) and np.issubdtype(item.dtype, np.floating)
    return isinstance(item, (float, np.floating)) and not isinstance(item, bool)
