"""Python's `math` on traced numbers: the same functions of NumPy's, which keep the graph."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced

#: math's name to NumPy's.
_UFUNCS = {
    **{
        name: name
        for name in (
            "exp exp2 expm1 log2 log10 log1p sqrt cbrt sin cos tan sinh cosh tanh fabs hypot fmod copysign "
            "degrees radians trunc isnan isinf isfinite"
        ).split()
    },
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "pow": "power",
}  # fmt: skip
#: What has no counterpart in NumPy; the ufunc table knows them under SciPy's names.
_SPECIAL = {"erf": "erf", "erfc": "erfc", "lgamma": "gammaln", "gamma": "gamma"}


@functools.cache
def replacements() -> Mapping[str, Callable[..., Any]]:
    """Name in `math` to what stands there during the trace."""
    found = {name: _on_numbers(getattr(math, name), run) for name, run in _functions().items()}
    found["floor"] = _on_numbers(math.floor, lambda x: int(np.floor(x.plain())))
    found["ceil"] = _on_numbers(math.ceil, lambda x: int(np.ceil(x.plain())))
    return found


@functools.cache
def on_arrays() -> Mapping[int, Callable[..., Any]]:
    """Identity of a function of `math` to the same on whole arrays."""
    return {id(getattr(math, name)): run for name, run in _functions().items()}


def _functions() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {
        name: getattr(np, ufunc) for name, ufunc in _UFUNCS.items() if hasattr(math, name) and hasattr(np, ufunc)
    }
    found.update({name: functools.partial(_named, special) for name, special in _SPECIAL.items()})
    found["log"] = _logarithm
    return found


def _on_numbers(original: Any, run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def called(*arguments: Any) -> Any:
        if not any(type(value) is Traced for value in arguments):
            return original(*arguments)
        if any(np.size(value) != 1 for value in arguments):
            raise TypeError("only length-1 arrays can be converted to Python scalars")
        return run(*arguments)

    return called


def _named(name: str, x: Traced) -> Any:
    return x.recorder.on_named(name, x)


def _logarithm(x: Any, base: Any = None) -> Any:
    return np.log(x) if base is None else np.log(x) / np.log(base)
