"""np.vectorize on traced arrays: the Python function is called with one traced number after another."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.dispatch import Trace


def constructor(trace: Trace, elementwise: Mapping[int, Callable[..., Any]]) -> Callable[..., Any]:
    """What stands for the class np.vectorize."""

    @functools.wraps(np.vectorize, updated=())
    def make(*positional: Any, **keywords: Any) -> Any:
        return stand_in(trace, np.vectorize(*positional, **keywords), elementwise)

    return make


def stand_in(
    trace: Trace, vectorize: np.vectorize, elementwise: Mapping[int, Callable[..., Any]]
) -> Callable[..., Any]:
    """What stands for one vectorized function.

    Args:
        trace: The recorder.
        vectorize: The original.
        elementwise: Identity of a function of numbers to the same on whole arrays.
    """

    @functools.wraps(vectorize.pyfunc)
    def called(*arguments: Any, **keywords: Any) -> Any:
        if not any(type(value) is Traced for value in (*arguments, *keywords.values())):
            return vectorize(*arguments, **keywords)
        if keywords or vectorize.signature is not None or vectorize.excluded:
            trace.refuse("np.vectorize with keywords, a signature or excluded arguments")
        whole = elementwise.get(id(vectorize.pyfunc))
        if whole is not None:
            return whole(*arguments)
        spread = trace.on_function(np.broadcast_arrays, arguments, {})
        columns = [part.reshape(-1) for part in spread]
        answers = [vectorize.pyfunc(*row) for row in zip(*columns, strict=True)]
        if not any(type(answer) is Traced for answer in answers):
            return np.array(answers).reshape(spread[0].shape)
        return trace.joined(answers).reshape(spread[0].shape)

    called.__wrapped__ = vectorize  # what it stands for, not the function within
    return called
