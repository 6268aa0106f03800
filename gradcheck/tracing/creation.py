"""NumPy functions that do not dispatch on what they are given: what makes arrays, and what takes lists of them.

Each is exchanged, for the user's code alone, by one that answers with an array of the trace where the answer may be
written into or holds traced values.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.dispatch import Trace
from gradcheck.tracing.structure import holds

#: Functions that make a new array out of sizes and numbers.
MAKING = (
    "zeros", "ones", "empty", "full", "eye", "identity", "arange", "linspace", "zeros_like", "ones_like",
    "empty_like", "full_like", "fromfunction",
)  # fmt: skip
#: Functions that make an array of what they are given.
COERCING = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray")
#: Functions that take a list of arrays for an array.
LISTING = [
    "sum",
    "mean",
    "prod",
    "max",
    "min",
    "amax",
    "amin",
    "average",
    "var",
    "std",
    "median",
    "argmax",
    "argmin",
    "any",
    "all",
    "dot",
    "matmul",
    "cumsum",
    "squeeze",
    "reshape",
    "ravel",
    "transpose",
    "ndim",
    "shape",
    "size",
    "isscalar",
]


def replacements(trace: Trace) -> dict[str, Callable[..., Any]]:
    """Name in NumPy's namespace to what stands there during the trace."""
    found: dict[str, Callable[..., Any]] = {}
    for name in MAKING:
        found[name] = _making(trace, getattr(np, name))
    for name in COERCING:
        found[name] = _coercing(trace, getattr(np, name), copies=name == "array")
    for name in LISTING:
        if hasattr(np, name) and not isinstance(getattr(np, name), np.ufunc):
            found[name] = _listing(trace, getattr(np, name))
    return found


def _making(trace: Trace, original: Any) -> Callable[..., Any]:
    @functools.wraps(original)
    def make(*positional: Any, **keywords: Any) -> Any:
        if original is np_full and holds((positional[1:], keywords)):
            return _full(trace, *positional, **keywords)
        return _buffered(trace, original(*positional, **keywords))

    return make


def _coercing(trace: Trace, original: Any, *, copies: bool) -> Callable[..., Any]:
    @functools.wraps(original)
    def coerce(value: Any, dtype: Any = None, *positional: Any, **keywords: Any) -> Any:
        if type(value) is Traced or (isinstance(value, (list, tuple)) and holds(value)):
            return _coerced(trace, value, dtype, copies=copies and keywords.get("copy", True), **keywords)
        made = original(value, dtype, *positional, **keywords)
        return made if made is value else _buffered(trace, made)

    return coerce


def _listing(trace: Trace, original: Any) -> Callable[..., Any]:
    @functools.wraps(original)
    def run(*positional: Any, **keywords: Any) -> Any:
        if positional and isinstance(positional[0], (list, tuple)) and holds(positional[0]):
            positional = (trace.joined(positional[0]), *positional[1:])
        elif original is np_isscalar and positional and type(positional[0]) is Traced:
            return positional[0].is_scalar
        return original(*positional, **keywords)

    return run


def _coerced(trace: Trace, value: Any, dtype: Any, *, copies: bool, ndmin: int = 0, **_: Any) -> Any:
    if dtype is not None and np.dtype(dtype) == np.dtype(object):
        trace.refuse("traced values are put into an array of objects")
    fresh = type(value) is not Traced
    made = trace.joined(value) if fresh else value
    if dtype is not None and np.dtype(dtype) != made.dtype:
        made, fresh = made.astype(dtype), True
    if copies and not fresh:
        made = made.copy()
    if type(made) is not Traced:
        return made
    if made.is_scalar:
        made = Traced(made.tensor, trace)
    return made if made.ndim >= ndmin else made[(None,) * (ndmin - made.ndim)]


def _full(trace: Trace, shape: Any, fill_value: Any, dtype: Any = None, **_: Any) -> Any:
    made = trace.buffer(np.zeros(shape, dtype=fill_value.dtype if dtype is None else dtype))
    made[...] = fill_value
    return made


def _buffered(trace: Trace, made: Any) -> Any:
    if isinstance(made, tuple):  # linspace with its step
        return tuple(_buffered(trace, part) for part in made)
    is_ours = type(made) is np.ndarray and made.dtype in trace.floating
    return trace.buffer(made) if is_ours else made


np_full = np.full
np_isscalar = np.isscalar
