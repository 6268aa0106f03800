"""SciPy's functions that are no ufuncs, where SciPy is loaded."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from gradcheck.tracing import linear, reductions
from gradcheck.tracing.array import Traced
from gradcheck.tracing.dispatch import Trace


def softmax(trace: Trace, x: Any, axis: Any = None) -> Any:
    """scipy.special.softmax."""
    return trace.wrap(log_softmax(trace, x, axis).tensor.exp())


def log_softmax(trace: Trace, x: Any, axis: Any = None) -> Any:
    """scipy.special.log_softmax."""
    total = reductions.logsumexp(trace, x, axis, keepdims=True)
    return trace.wrap(x.tensor - total.tensor)


def logsumexp(
    trace: Trace, a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """scipy.special.logsumexp."""
    if b is not None or return_sign:
        trace.refuse("scipy.special.logsumexp with b= or return_sign=")
    return reductions.logsumexp(trace, a, axis, keepdims=keepdims)


#: Where SciPy keeps it, to what runs it.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "scipy.special.softmax": softmax,
    "scipy.special.log_softmax": log_softmax,
    "scipy.special.logsumexp": logsumexp,
    "scipy.signal.correlate2d": lambda trace, *a, **k: linear.plane_correlation(trace, False, *a, **k),  # noqa: FBT003
    "scipy.signal.convolve2d": lambda trace, *a, **k: linear.plane_correlation(trace, True, *a, **k),  # noqa: FBT003
}


def replacement(place: str, trace: Trace, original: Any) -> Callable[..., Any]:
    """What stands at a place of SciPy's during the trace."""
    run = FUNCTIONS[place]

    @functools.wraps(original)
    def called(*positional: Any, **keywords: Any) -> Any:
        if any(type(value) is Traced for value in (*positional, *keywords.values())):
            return run(trace, *positional, **keywords)
        return original(*positional, **keywords)

    return called
