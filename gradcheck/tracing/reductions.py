"""Sums, means, maxima and their like along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.tracing.array import Traced
from gradcheck.tracing.tape import Tape
from gradcheck.tracing.writing import deliver

_ALL: Any = None
_NO_INITIAL = np._NoValue  # noqa: SLF001 - what NumPy's own methods hand over for "none"


def _operand(tape: Tape, a: Any, dtype: Any = None) -> Any:
    return tape.operands((a,), dtype)[0]


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    found = tuple(int(item) + ndim if item < 0 else int(item) for item in axes)
    for item in found:
        if not 0 <= item < ndim:
            raise np.exceptions.AxisError(item, ndim)
    return found


def _given(value: Any) -> bool:
    return value is not _NO_INITIAL and value is not None


def _finish(tape: Tape, result: Any, initial: Any, combine: Any, out: Any) -> Any:
    if _given(initial):
        result = combine(result, tape.tensor(initial, tape.dtype_of(result)))
    return deliver(tape, tape.wrap(result), out)


def _kept(keepdims: Any) -> bool:
    return bool(keepdims) and keepdims is not _NO_INITIAL


def _where(tape: Tape, x: Any, where: Any, neutral: float) -> Any:
    if where is True or where is _NO_INITIAL:
        return x
    return tape.torch.where(tape.constant(where), x, tape.torch.full_like(x, neutral))


def total(
    tape: Tape, a: Any, axis: Any = _ALL, dtype: Any = None, out: Any = None, keepdims: Any = False,
    initial: Any = None, where: Any = True,
) -> Any:  # fmt: skip
    """np.sum."""
    x = _where(tape, _operand(tape, a, dtype), where, 0.0)
    axes = _axes(axis, x.ndim)
    result = x.sum(axes, keepdim=_kept(keepdims)) if axes else x.clone()
    return _finish(tape, result, initial, tape.torch.add, out)


def product(
    tape: Tape, a: Any, axis: Any = _ALL, dtype: Any = None, out: Any = None, keepdims: Any = False,
    initial: Any = None, where: Any = True,
) -> Any:  # fmt: skip
    """np.prod."""
    x = _where(tape, _operand(tape, a, dtype), where, 1.0)
    for item in sorted(_axes(axis, x.ndim), reverse=True):
        x = x.prod(item, keepdim=_kept(keepdims))
    return _finish(tape, x, initial, tape.torch.mul, out)


def maximum(
    tape: Tape, a: Any, axis: Any = _ALL, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True, dtype: Any = None,
) -> Any:  # fmt: skip
    """np.max."""
    x = _where(tape, _operand(tape, a, dtype), where, float("-inf"))
    axes = _axes(axis, x.ndim)
    result = x.amax(axes, keepdim=_kept(keepdims)) if axes else x.clone()
    return _finish(tape, result, initial, tape.torch.maximum, out)


def minimum(
    tape: Tape, a: Any, axis: Any = _ALL, out: Any = None, keepdims: Any = False, initial: Any = None,
    where: Any = True, dtype: Any = None,
) -> Any:  # fmt: skip
    """np.min."""
    x = _where(tape, _operand(tape, a, dtype), where, float("inf"))
    axes = _axes(axis, x.ndim)
    result = x.amin(axes, keepdim=_kept(keepdims)) if axes else x.clone()
    return _finish(tape, result, initial, tape.torch.minimum, out)


def logsumexp(tape: Tape, a: Any, axis: Any = 0, keepdims: Any = False, out: Any = None) -> Any:
    """np.logaddexp.reduce, and SciPy's logsumexp."""
    x = _operand(tape, a)
    result = x.logsumexp(_axes(axis, x.ndim), keepdim=_kept(keepdims))
    return deliver(tape, tape.wrap(result), out)


def mean(
    tape: Tape, a: Any, axis: Any = _ALL, dtype: Any = None, out: Any = None, keepdims: Any = False, where: Any = True
) -> Any:
    """np.mean."""
    x = _operand(tape, a, dtype)
    axes = _axes(axis, x.ndim)
    if where is not True and where is not _NO_INITIAL:
        count = np.sum(np.broadcast_to(where, tuple(x.shape)), axis=axes, keepdims=_kept(keepdims))
        result = _where(tape, x, where, 0.0).sum(axes, keepdim=_kept(keepdims)) / tape.constant(count, np.dtype("f8"))
    else:
        result = x.mean(axes, keepdim=_kept(keepdims))
    return deliver(tape, tape.wrap(result), out)


def variance(
    tape: Tape, a: Any, axis: Any = _ALL, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False,
    *, where: Any = True, mean: Any = None, correction: Any = None,
) -> Any:  # fmt: skip
    """np.var, as NumPy computes it: the mean of squared deviations."""
    if where is not True and where is not _NO_INITIAL:
        tape.refuse("np.var with where=")
    x = _operand(tape, a, dtype)
    axes = _axes(axis, x.ndim)
    ddof = correction if _given(correction) else ddof
    centre = _operand(tape, mean) if _given(mean) else x.mean(axes, keepdim=True)
    count = int(np.prod([x.shape[item] for item in axes]))
    result = (x - centre).abs().square().sum(axes, keepdim=_kept(keepdims)) / max(count - ddof, 0)
    return deliver(tape, tape.wrap(result), out)


def deviation(tape: Tape, *positional: Any, out: Any = None, **keywords: Any) -> Any:
    """np.std."""
    result = tape.torch.sqrt(variance(tape, *positional, **keywords).tensor)
    return deliver(tape, tape.wrap(result), out)


def average(
    tape: Tape, a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False
) -> Any:
    """np.average."""
    if returned:
        tape.refuse("np.average with returned=True")
    if weights is None:
        return mean(tape, a, axis, keepdims=keepdims)
    x, w = tape.operands((a, weights))
    axes = _axes(axis, x.ndim)
    if w.shape != x.shape:
        w = w.reshape([x.shape[item] if item in axes else 1 for item in range(x.ndim)]).expand(x.shape)
    keep = _kept(keepdims)
    return tape.wrap((x * w).sum(axes, keepdim=keep) / w.sum(axes, keepdim=keep))


def cumulative(tape: Tape, name: str, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """np.cumsum, np.cumprod and the accumulations of maximum and minimum."""
    x = _operand(tape, a, dtype)
    if axis is None:
        x, axis = x.reshape(-1), 0
    result = getattr(tape.torch, name)(x, int(axis))
    result = result.values if hasattr(result, "values") and name in {"cummax", "cummin"} else result
    return deliver(tape, tape.wrap(result), out)


def median(
    tape: Tape, a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Any:
    """np.median: the mean of the two middle values."""
    return quantile(tape, a, 0.5, axis, out, keepdims=keepdims)


def percentile(tape: Tape, a: Any, q: Any, *positional: Any, **keywords: Any) -> Any:
    """np.percentile."""
    return quantile(tape, a, np.asarray(q) / 100.0, *positional, **keywords)


def quantile(
    tape: Tape, a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False,
    method: str = "linear", keepdims: Any = False,
) -> Any:  # fmt: skip
    """np.quantile."""
    x = _operand(tape, a)
    if method not in {"linear", "lower", "higher", "midpoint", "nearest"}:
        tape.refuse(f"np.quantile with method={method!r}")
    if isinstance(axis, (tuple, list)):
        tape.refuse("np.quantile along several axes")
    fraction = tape.constant(q, np.dtype("f8")).to(x.dtype)
    result = tape.torch.quantile(x, fraction, axis, keepdim=_kept(keepdims), interpolation=method)
    return deliver(tape, tape.wrap(result), out)


def ptp(tape: Tape, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """np.ptp."""
    x = _operand(tape, a)
    axes, keep = _axes(axis, x.ndim), _kept(keepdims)
    return deliver(tape, tape.wrap(x.amax(axes, keepdim=keep) - x.amin(axes, keepdim=keep)), out)


def ignoring_nan(tape: Tape, reduce: Any, neutral: float, a: Any, *positional: Any, **keywords: Any) -> Any:
    """np.nansum and its like: not-a-number replaced by what changes nothing."""
    x = _operand(tape, a)
    cleaned = Traced(tape.torch.where(x.isnan(), tape.torch.full_like(x, neutral), x), tape)  # type: ignore[arg-type] # Recorder
    return reduce(tape, cleaned, *positional, **keywords)
