"""The arrays behind a gradient as small maps in which a single wrong entry among a million stays visible."""

from __future__ import annotations

import base64
import math
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradcheck.report.schema import Cells
from gradcheck.types import Array, Evidence

#: Cells along one side of a map; more than a column of the page has room for.
MOST_ACROSS = 128
#: Cells of all slices of a gradient together: 16 bytes each, 350 kB in base64.
MOST_CELLS = MOST_ACROSS * MOST_ACROSS
FIELDS = ("expected", "actual", "error", "allowed")
#: What the largest and the smallest number must stay within to be written in half the room.
SINGLE = np.finfo(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maps:
    """Four arrays of shape (slices, rows, columns), and which entry of its slice each cell shows."""

    values: dict[str, Array]
    entries: npt.NDArray[np.intp] | None


def cells(evidence: Evidence) -> Cells | None:
    """The maps of one gradient; None where there is nothing to compare entry by entry.

    Args:
        evidence: The arrays; a vector is one row, a scalar one cell, and of more than two axes the last two make maps.
    """
    if not evidence.kept or evidence.actual.shape != evidence.expected.shape or evidence.expected.size == 0:
        return None
    leading, (height, width) = _split(evidence.expected.shape)
    arrays = _arrays(evidence, (math.prod(leading), height, width))
    badness = excess(arrays["error"], arrays["allowed"])
    tall, wide = -(-height // MOST_ACROSS), -(-width // MOST_ACROSS)
    rows, columns = -(-height // tall), -(-width // wide)
    # The worst slices are kept, in the order in which they lie in the array.
    room = max(1, MOST_CELLS // (rows * columns))
    worst = badness.reshape(len(badness), -1).max(axis=1)
    kept = np.sort(np.argsort(-worst, kind="stable")[:room])
    chosen = _Maps(values={name: array[kept] for name, array in arrays.items()}, entries=None)
    if tall > 1 or wide > 1:
        chosen = _pooled(chosen, badness[kept], tall, wide)
    dtype = "<f4" if all(_is_single(array) for array in chosen.values.values()) else "<f8"
    allowed = chosen.values["allowed"]
    uniform = bool(np.all(allowed == allowed.flat[0]))
    parts = [chosen.values[name].astype(dtype) for name in FIELDS[:-1]]
    parts.append(allowed.ravel()[:1].astype(dtype) if uniform else allowed.astype(dtype))
    if chosen.entries is not None:
        parts.append(chosen.entries.astype("<u4"))
    return Cells(
        rows=rows,
        columns=columns,
        height=height,
        width=width,
        slices=[[int(i) for i in np.unravel_index(k, leading)] if leading else [] for k in kept],
        total=math.prod(leading),
        dtype="float32" if dtype == "<f4" else "float64",
        pooled=chosen.entries is not None,
        uniform=uniform,
        arrays=base64.b64encode(zlib.compress(b"".join(array.tobytes() for array in parts))).decode("ascii"),
    )


def decoded(maps: Cells) -> dict[str, Array]:
    """The arrays of a map by name, (slices, rows, columns) each; "entries" where it is pooled."""
    data = zlib.decompress(base64.b64decode(maps.arrays))
    dtype = np.dtype("<f4" if maps.dtype == "float32" else "<f8")
    shape = (len(maps.slices), maps.rows, maps.columns)
    made: dict[str, Array] = {}
    at = 0
    for name in FIELDS:
        count = 1 if name == "allowed" and maps.uniform else math.prod(shape)
        values = np.frombuffer(data, dtype, count, at).astype(np.float64)
        made[name] = np.full(shape, values[0]) if count == 1 else values.reshape(shape)
        at += count * dtype.itemsize
    if maps.pooled:
        made["entries"] = np.frombuffer(data, "<u4", math.prod(shape), at).reshape(shape)
    return made


def errors(expected: Array, actual: Array) -> Array:
    """|actual - expected|, 0 where both are the same infinity, NaN where either is NaN."""
    with np.errstate(invalid="ignore", over="ignore"):
        difference: Array = np.abs(actual - expected)
    difference[actual == expected] = 0.0
    return difference


def excess(error: Array, allowed: Array) -> Array:
    """How bad an entry is: its error against what is allowed; infinite for NaN, -1 where nothing was compared."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio: Array = np.where(error == 0.0, 0.0, error / allowed)
    ratio[np.isnan(ratio)] = math.inf
    ratio[np.isnan(allowed)] = -1.0
    return ratio


def _split(shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, int]]:
    if len(shape) >= 2:
        return shape[:-2], (shape[-2], shape[-1])
    return (), (1, shape[0] if shape else 1)


def _arrays(evidence: Evidence, shape: tuple[int, int, int]) -> dict[str, Array]:
    expected = np.asarray(evidence.expected, dtype=np.float64).reshape(shape)
    actual = np.asarray(evidence.actual, dtype=np.float64).reshape(shape)
    allowed = np.broadcast_to(evidence.allowed, evidence.expected.shape).astype(np.float64).reshape(shape)
    return {"expected": expected, "actual": actual, "error": errors(expected, actual), "allowed": allowed}


def _pooled(maps: _Maps, badness: Array, tall: int, wide: int) -> _Maps:
    """Of each block of tall x wide entries the one with the largest error against what is allowed, in all arrays."""
    slices, height, width = badness.shape
    rows, columns = -(-height // tall), -(-width // wide)
    # What the last blocks lack is never chosen.
    padded = np.full((slices, rows * tall, columns * wide), -math.inf)
    padded[:, :height, :width] = badness
    blocks = padded.reshape(slices, rows, tall, columns, wide).swapaxes(2, 3).reshape(slices, rows, columns, -1)
    at = blocks.argmax(axis=-1)
    entries = (np.arange(rows)[:, None] * tall + at // wide) * width + np.arange(columns) * wide + at % wide
    flat = entries.reshape(slices, -1)
    values = {
        name: np.take_along_axis(array.reshape(slices, -1), flat, axis=1).reshape(entries.shape)
        for name, array in maps.values.items()
    }
    return _Maps(values=values, entries=entries)


def _is_single(array: Array) -> bool:
    size = np.abs(array[np.isfinite(array) & (array != 0.0)])
    return size.size == 0 or bool(size.max() <= SINGLE.max and size.min() >= SINGLE.tiny)
