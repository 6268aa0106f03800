"""NumPy's functions by object, to what runs them in a trace."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from gradcheck.tracing import arranging, linear, reductions, selecting, structure
from gradcheck.tracing.array import Traced
from gradcheck.tracing.tape import Tape

Implementation = Callable[..., Any]

_ARRANGING = (
    "reshape ravel transpose swapaxes moveaxis rollaxis squeeze expand_dims broadcast_to diagonal real "
    "imag concatenate stack hstack vstack dstack"
).split()
_LINEAR = ("dot inner outer vdot tensordot einsum kron cross trace convolve correlate").split()
_SELECTING = ("where clip nan_to_num sort partition diff copyto put put_along_axis place putmask fill_diagonal").split()
_REDUCTIONS = {
    "sum": reductions.total, "prod": reductions.product, "mean": reductions.mean, "var": reductions.variance,
    "std": reductions.deviation, "max": reductions.maximum, "amax": reductions.maximum, "min": reductions.minimum,
    "amin": reductions.minimum, "average": reductions.average, "median": reductions.median,
    "percentile": reductions.percentile, "quantile": reductions.quantile, "ptp": reductions.ptp,
}  # fmt: skip
#: Functions whose answer is whole numbers, booleans, shapes or text: computed by NumPy on the plain values.
PLAIN = (
    "argmax argmin argsort argpartition argwhere nonzero flatnonzero count_nonzero searchsorted digitize "
    "lexsort isclose allclose array_equal array_equiv all any shape ndim size result_type can_cast "
    "min_scalar_type iscomplexobj isrealobj isneginf isposinf iscomplex isreal nanargmax nanargmin "
    "array_repr array_str array2string histogram_bin_edges"
).split()
#: Decompositions that torch answers as NumPy does; a vector of the other sign is seen in the value.
_DECOMPOSITIONS = "inv det slogdet cholesky pinv matrix_power eigh eigvalsh svd svdvals qr".split()
_FOURIER = "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn fftshift ifftshift".split()


@functools.cache
def functions() -> dict[Any, Implementation]:
    """NumPy function to (tape, *arguments) -> answer."""
    found: dict[str, Implementation] = {name: getattr(arranging, name) for name in _ARRANGING}
    found.update({name: getattr(linear, name) for name in _LINEAR})
    found.update({name: getattr(selecting, name) for name in _SELECTING})
    found.update(cast("dict[str, Implementation]", _REDUCTIONS))
    found["permute_dims"], found["matrix_transpose"] = arranging.transpose, _matrix_transpose
    found["concat"], found["row_stack"] = arranging.concatenate, arranging.vstack
    found["round"] = found["around"] = found["round_"] = selecting.rounded
    found["pad"] = structure.pad
    found["cumsum"] = found["cumulative_sum"] = functools.partial(_cumulative, "cumsum")
    found["cumprod"] = found["cumulative_prod"] = functools.partial(_cumulative, "cumprod")
    found["copy"] = lambda tape, a, *_, **__: tape.wrap(tape.operands((a,))[0].clone())
    found["nansum"] = functools.partial(_ignoring_nan, reductions.total, 0.0)
    found["nanmax"] = functools.partial(_ignoring_nan, reductions.maximum, float("-inf"))
    found["nanmin"] = functools.partial(_ignoring_nan, reductions.minimum, float("inf"))
    found["apply_along_axis"] = _apply_along_axis
    table = {getattr(np, name): run for name, run in found.items() if hasattr(np, name)}
    for name in structure.MOVING:
        if hasattr(np, name):
            table[getattr(np, name)] = _moving(getattr(np, name))
    for name in PLAIN:
        if hasattr(np, name):
            table[getattr(np, name)] = _plain(getattr(np, name))
    for name, value in {"zeros_like": 0.0, "ones_like": 1.0, "empty_like": 0.0}.items():
        table[getattr(np, name)] = functools.partial(_like, value)
    table[np.full_like] = _full_like
    table[np.lib.stride_tricks.sliding_window_view] = structure.windows
    table.update(_linear_algebra())
    return table


def _linear_algebra() -> dict[Any, Implementation]:
    linalg = np.linalg
    table: dict[Any, Implementation] = {
        getattr(linalg, name): functools.partial(_decomposition, name)
        for name in _DECOMPOSITIONS
        if hasattr(linalg, name)
    }
    table.update({getattr(np.fft, name): functools.partial(_fourier, name) for name in _FOURIER})
    table[linalg.norm], table[linalg.solve], table[linalg.multi_dot] = linear.norm, linear.solve, linear.multi_dot
    return table


def _decomposition(name: str, tape: Tape, *arguments: Any, **keywords: Any) -> Any:
    return linear.decomposition(tape, name, *arguments, **keywords)


def _fourier(name: str, tape: Tape, a: Any, *arguments: Any, **keywords: Any) -> Any:
    for ours, theirs in (("axis", "dim"), ("axes", "dim")):
        if ours in keywords:
            keywords[theirs] = keywords.pop(ours)
    return tape.wrap(getattr(tape.torch.fft, name)(tape.operands((a,))[0], *arguments, **keywords))


def _matrix_transpose(tape: Tape, x: Any) -> Any:
    return arranging.swapaxes(tape, x, -1, -2)


def _cumulative(name: str, tape: Tape, *arguments: Any, **keywords: Any) -> Any:
    return reductions.cumulative(tape, name, *arguments, **keywords)


def _ignoring_nan(reduce: Any, neutral: float, tape: Tape, *arguments: Any, **keywords: Any) -> Any:
    return reductions.ignoring_nan(tape, reduce, neutral, *arguments, **keywords)


def _moving(function: Any) -> Implementation:
    def run(tape: Tape, *positional: Any, **keywords: Any) -> Any:
        return structure.move(tape, function, positional, keywords)

    return run


def _plain(function: Any) -> Implementation:
    def run(_: Tape, *positional: Any, **keywords: Any) -> Any:
        return function(*(untraced(item) for item in positional), **{k: untraced(v) for k, v in keywords.items()})

    return run


def untraced(value: Any) -> Any:
    """The values of what is traced in nested lists and tuples; a number where NumPy would have one."""
    if type(value) is Traced:
        return value.plain()[()] if value.is_scalar else value.plain()
    if isinstance(value, (list, tuple)):
        return type(value)(untraced(item) for item in value)
    return value


def _like(
    value: float,
    tape: Tape,
    a: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
    **_: Any,
) -> Any:
    kind = np.dtype(a.dtype if dtype is None else dtype)
    made = np.full(a.shape if shape is None else shape, value, kind)
    if kind not in tape.floating:
        return made
    if type(a) is Traced and shape is None and dtype is None:
        return Traced(tape.torch.full_like(a.tensor, value, requires_grad=False), tape)  # type: ignore[arg-type] # Recorder
    return tape.buffer(made)


def _full_like(tape: Tape, a: Any, fill_value: Any, dtype: Any = None, *arguments: Any, **keywords: Any) -> Any:
    made = _like(0.0, tape, a, dtype, *arguments, **keywords)
    made[...] = fill_value
    return made


def _apply_along_axis(tape: Tape, func1d: Any, axis: int, arr: Any, *arguments: Any, **keywords: Any) -> Any:
    """Row after row, the answers joined again."""
    moved = arranging.moveaxis(tape, arr, axis, -1)
    rows = arranging.reshape(tape, moved, (-1, moved.shape[-1]))
    answers = [func1d(row, *arguments, **keywords) for row in rows]
    joined = arranging.stack(tape, answers)
    shaped = arranging.reshape(tape, joined, (*moved.shape[:-1], *joined.shape[1:]))
    place = range(axis % arr.ndim, axis % arr.ndim + joined.ndim - 1)
    return arranging.moveaxis(tape, shaped, range(arr.ndim - 1, arr.ndim - 1 + len(place)), place) if place else shaped
