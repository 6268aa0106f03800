"""A batch in parts, and in another order: what backward of the whole must then be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.driving.comparing import differences, loudest_of
from gradcheck.driving.moments import Moment
from gradcheck.driving.rows import Rows
from gradcheck.types import Array, Mismatch, Role, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A batch in two parts.

    Attributes:
        whole: The moment of the batch.
        parts: Those of the parts.
        rows: The rows of each part.
        weights: What each part counts in forward's answer: 1, or its share of the rows for a mean.
    """

    whole: Moment
    parts: tuple[Moment, ...]
    rows: tuple[Sequence[int], ...]
    weights: tuple[float, ...]


def split(subject: Subject, rows: Rows, whole: Moment) -> Split | None:
    """The batch in two parts, None where forward of the parts is not forward of the batch."""
    chosen = ([0], list(range(1, rows.count)))
    per_row = _is_per_row(whole, rows)
    if not per_row and whole.y.size != 1:
        return None
    parts = [rows.moment(part, _upstream(whole, rows, part)) for part in chosen]
    found = tuple(part for part in parts if part is not None and part.y.ndim == whole.y.ndim)
    if len(found) < len(parts):
        return None
    equal, shares = (1.0, 1.0), tuple(len(part) / rows.count for part in chosen)
    if per_row:
        pieces = zip(*(part.outputs(part.y) for part in found), strict=True)
        together = _joined([_stacked(equal, piece, rows.axis) for piece in pieces])
        alike = together.shape == whole.y.shape and not differences("output", whole.y, together, subject)
        return Split(whole=whole, parts=found, rows=chosen, weights=equal) if alike else None
    for weights in (equal, shares):
        total = np.asarray(sum(weight * part.y for weight, part in zip(weights, found, strict=True)))
        if total.size == 1 and not differences("output", whole.y, total.reshape(whole.y.shape), subject):
            return Split(whole=whole, parts=found, rows=chosen, weights=weights)
    return None


def _upstream(whole: Moment, rows: Rows, part: Sequence[int]) -> Callable[[Array], Array]:
    """The upstream gradient of a part, for whatever shape its answer has."""
    cut = taken(whole, rows, part)
    return lambda y: cut if y.shape == cut.shape else np.broadcast_to(cut.flat[0], y.shape).copy()


def taken(whole: Moment, rows: Rows, part: Sequence[int]) -> Array:
    """The upstream gradient of some rows; all of it for an answer without rows."""
    return _taken(whole, whole.y_bar, rows, part) if _is_per_row(whole, rows) else whole.y_bar


def _is_per_row(whole: Moment, rows: Rows) -> bool:
    """Whether every output of forward has a row for each row of the batch."""
    return all(rows.has(piece) for piece in whole.outputs(whole.y))


def _taken(whole: Moment, values: Array, rows: Rows, part: Sequence[int]) -> Array:
    return _joined([np.take(piece, part, rows.axis) for piece in whole.outputs(values)])


def _joined(pieces: Sequence[Array]) -> Array:
    """One output as it is, several end to end."""
    return pieces[0] if len(pieces) == 1 else np.concatenate([piece.reshape(-1) for piece in pieces])


def unlike(subject: Subject, rows: Rows, split: Split) -> dict[str, tuple[Mismatch, ...]]:
    """The gradients of the whole that its parts do not make up, with where they differ."""
    loudest = loudest_of(split.whole)
    shares = [len(part) / rows.count for part in split.rows]
    # A loss that answers per row may have the gradient of their mean, which its answer does not show.
    per_row_loss = subject.cotangent is not None and _is_per_row(split.whole, rows)
    counted = [split.weights, shares] if per_row_loss else [split.weights]
    found: dict[str, tuple[Mismatch, ...]] = {}
    for name, expected in split.whole.gradients.items():
        pieces = [part.gradients.get(name) for part in split.parts]
        known = [piece for piece in pieces if piece is not None]
        if len(known) < len(pieces):
            continue
        if subject.roles[name] is Role.INPUT:
            fits = expected.shape == subject.primals[name].shape
            stacks = [_stacked(weights, known, rows.axis) for weights in counted] if fits else []
            ways = [stack for stack in stacks if stack.shape == expected.shape]
        else:
            fits = all(g.shape == expected.shape for g in known)
            ways = [_sum(weights, known) for weights in (split.weights, shares)] if fits else []
        tried = [differences(name, expected, way, subject, loudest) for way in ways]
        if tried and all(tried):
            found[name] = tried[0]
    return found


def _stacked(weights: Sequence[float], pieces: Sequence[Array], axis: int) -> Array:
    """The pieces put together, of no entries where they do not fit (a product of all rows with all rows)."""
    across = {(piece.shape[:axis], piece.shape[axis + 1 :]) for piece in pieces if piece.ndim > axis}
    if len(across) != 1 or any(piece.ndim <= axis for piece in pieces):
        return np.empty(0)
    return np.concatenate([weight * piece for weight, piece in zip(weights, pieces, strict=True)], axis=axis)


def _sum(weights: Sequence[float], pieces: Sequence[Array]) -> Array:
    total: Array = np.sum([weight * piece for weight, piece in zip(weights, pieces, strict=True)], axis=0)
    return total


def reordered(
    subject: Subject, rows: Rows, whole: Moment, turned: Moment, order: Sequence[int]
) -> dict[str, tuple[Mismatch, ...]] | None:
    """The gradients that do not follow the order of the rows; None where forward does not either."""
    expected = _taken(whole, whole.y, rows, order) if _is_per_row(whole, rows) else whole.y
    if expected.shape != turned.y.shape or differences("output", expected, turned.y, subject):
        return None
    found: dict[str, tuple[Mismatch, ...]] = {}
    for name, gradient in whole.gradients.items():
        is_input = subject.roles[name] is Role.INPUT
        if is_input and gradient.shape != subject.primals[name].shape:
            continue
        there = np.take(gradient, order, rows.axis) if is_input else gradient
        actual = turned.gradients.get(name)
        off = differences(name, there, actual, subject, loudest_of(whole)) if actual is not None else ()
        if off:
            found[name] = off
    return found
