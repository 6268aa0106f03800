"""A batch is its rows: where forward treats them apart, backward must too.

Experiment: forward of the first row alone and of the others alone, put together, is forward of the batch (or, for a
loss with one answer, their sum, or their mean weighted by the rows). Then, to rounding,

    x_bar of the batch = the x_bar of the parts, put together        W_bar of the batch = the sum of those of the parts

A layer whose forward mixes rows (batch normalisation) is recognised by the same experiment and is not compared.
Forward of the rows in another order must be the outputs in that order; then so must the gradients.
A parameter's gradient that is divided by the number of rows throughout is a convention, which `gradient` names.
Values of forward that agree do not prove derivatives that do, so finite differences at the smaller batch must agree
that its gradient is wrong before anything fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.driving.comparing import differences, loudest_of
from gradcheck.driving.moments import Moment, called_once, upstream_of
from gradcheck.driving.rows import Rows, rows_of
from gradcheck.judging import locating
from gradcheck.judging.judge import judge
from gradcheck.judging.judgement import Judgement
from gradcheck.judging.outcome import result, short_name
from gradcheck.judging.probing import point_of
from gradcheck.types import Array, Check, CheckResult, Context, Mismatch, Oracle, Outcome, Profile, Role

NAME = "batch"


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


def examine(context: Context) -> CheckResult:
    """Compare the gradients of the batch with those of its parts, and with those of its rows in another order."""
    rows, subject, layer = rows_of(context.case), context.case.subject, short_name(context)
    if rows is None or subject.drive is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "there is no batch to take apart")
    before = context.found("gradient")
    if before is not None and before.outcome in (Outcome.FAILED, Outcome.NOT_APPLICABLE):
        return result(context, NAME, Outcome.NOT_APPLICABLE, "nothing to compare with; see gradient")
    everything = range(rows.count)
    whole = rows.moment(everything, upstream_of(context, "cotangent 0"))
    if whole is None or not whole.gradients:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "no gradient can be compared; see contract")
    split = _split(context, rows, whole)
    if split is None:
        return result(context, NAME, Outcome.NOT_APPLICABLE, "forward mixes the rows of a batch, or takes no other")
    told = ["the gradient of a batch is that of its rows"]
    wrong = _unlike(context, rows, split)
    compared = len(whole.gradients)
    if not wrong and context.profile is not Profile.FAST:
        order = list(everything)[::-1]
        turned = rows.moment(order, lambda _: _taken(whole, rows, order))
        off = _reordered(context, rows, whole, turned, order) if turned is not None else None
        if off is not None:
            compared += len(whole.gradients)
            told.append("rows in another order have their gradients in that order")
            if off:
                return _judged(context, rows, order, off, f"{layer}: with its rows in another order")
    if wrong:
        smaller = min(split.rows, key=len)
        return _judged(context, rows, smaller, wrong, f"{layer}: for a batch of {len(smaller)}")
    headline = f"{layer}: {told[0]}"
    return result(context, NAME, Outcome.PASSED, headline, compared=compared, table=told[1:])


def _split(context: Context, rows: Rows, whole: Moment) -> Split | None:
    """The batch in two parts, None where forward of the parts is not forward of the batch."""
    subject = context.case.subject
    chosen = ([0], list(range(1, rows.count)))
    per_row = whole.y.ndim > rows.axis and whole.y.shape[rows.axis] == rows.count
    if per_row:
        pieces: list[Callable[[Array], Array]] = [_piece(whole, rows, part) for part in chosen]
    elif whole.y.size == 1:
        pieces = [lambda y: np.broadcast_to(whole.y_bar.reshape(()), y.shape).copy() for _ in chosen]
    else:
        return None
    parts = [rows.moment(part, piece) for part, piece in zip(chosen, pieces, strict=True)]
    if any(part is None or part.y.ndim != whole.y.ndim for part in parts):
        return None
    found = tuple(part for part in parts if part is not None)
    equal, shares = (1.0, 1.0), tuple(len(part) / rows.count for part in chosen)
    if per_row:
        if any(part.y.shape != one.y_bar.shape for part, one in zip(found, found, strict=True)):
            return None
        together = np.concatenate([part.y for part in found], axis=rows.axis)
        alike = together.shape == whole.y.shape and not differences("output", whole.y, together, subject)
        return Split(whole=whole, parts=found, rows=chosen, weights=equal) if alike else None
    for weights in (equal, shares):
        total = sum(weight * part.y for weight, part in zip(weights, found, strict=True))
        if not differences("output", whole.y, np.asarray(total).reshape(whole.y.shape), subject):
            return Split(whole=whole, parts=found, rows=chosen, weights=weights)
    return None


def _piece(whole: Moment, rows: Rows, part: Sequence[int]) -> Callable[[Array], Array]:
    taken = _taken(whole, rows, part)
    return lambda y: taken if y.shape == taken.shape else np.zeros_like(y)


def _taken(whole: Moment, rows: Rows, part: Sequence[int]) -> Array:
    """The upstream gradient of some rows; all of it for an answer without rows."""
    has_rows = whole.y.ndim > rows.axis and whole.y.shape[rows.axis] == rows.count
    return np.take(whole.y_bar, part, rows.axis) if has_rows else whole.y_bar


def _unlike(context: Context, rows: Rows, split: Split) -> dict[str, tuple[Mismatch, ...]]:
    subject = context.case.subject
    loudest = loudest_of(split.whole)
    shares = [len(part) / rows.count for part in split.rows]
    found: dict[str, tuple[Mismatch, ...]] = {}
    for name, expected in split.whole.gradients.items():
        pieces = [part.gradients.get(name) for part in split.parts]
        known = [piece for piece in pieces if piece is not None]
        if len(known) < len(pieces):
            continue
        if subject.roles[name] is Role.INPUT:
            if expected.shape != subject.primals[name].shape:
                continue
            weighed = [weight * piece for weight, piece in zip(split.weights, known, strict=True)]
            alike = all(piece.ndim == expected.ndim for piece in known)
            ways = [np.concatenate(weighed, axis=rows.axis)] if alike else []
        else:
            alike = all(piece.shape == expected.shape for piece in known)
            ways = [_sum(split.weights, known), _sum(shares, known)] if alike else []
        tried = [differences(name, expected, way, subject, loudest) for way in ways]
        if tried and all(tried):
            found[name] = tried[0]
    return found


def _sum(weights: Sequence[float], pieces: Sequence[Array]) -> Array:
    return np.sum([weight * piece for weight, piece in zip(weights, pieces, strict=True)], axis=0)


def _reordered(
    context: Context, rows: Rows, whole: Moment, turned: Moment, order: Sequence[int]
) -> dict[str, tuple[Mismatch, ...]] | None:
    """The gradients that do not follow the order of the rows; None where forward does not either."""
    subject = context.case.subject
    has_rows = whole.y.ndim > rows.axis and whole.y.shape[rows.axis] == rows.count
    expected = np.take(whole.y, order, rows.axis) if has_rows else whole.y
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


def _judged(
    context: Context, rows: Rows, part: Sequence[int], wrong: dict[str, tuple[Mismatch, ...]], story: str
) -> CheckResult:
    """The second opinion of finite differences on the gradients at these rows."""
    oracle = next((one for one in context.oracles.values() if one.exact is None), None)
    suspects = ", ".join(f"`{name}`" for name in list(wrong)[:3])
    if oracle is None:
        reason = f"the gradient of {suspects} is not that of its rows; no oracle can say which is wrong"
        return result(context, NAME, Outcome.INCONCLUSIVE, reason, compared=len(wrong))
    judgement = _opinion(context, rows, part, list(wrong), oracle)
    failed = [q for q in judgement.quantities if q.outcome is Outcome.FAILED]
    if not failed:
        reason = f"the gradient of {suspects} is not that of its rows, but finite differences do not find it wrong"
        return result(context, NAME, Outcome.INCONCLUSIVE, reason, compared=len(wrong))
    names = ", ".join(f"`{q.name}`" for q in failed[:3])
    verb = "is" if len(failed) == 1 else "are"
    return result(
        context, NAME, Outcome.FAILED, f"{story} the gradient of {names} {verb} wrong",
        compared=len(wrong) + judgement.compared, oracle=judgement.oracle, quantities=judgement.quantities,
        mismatches=locating.worst(judgement.located) or wrong[failed[0].name],
        hint=("the rows of the batch and of the smaller one have the same outputs and other gradients",),
    )  # fmt: skip


def _opinion(context: Context, rows: Rows, part: Sequence[int], names: Sequence[str], oracle: Oracle) -> Judgement:
    drive = context.case.subject.drive
    if drive is None:
        return Judgement(oracle=oracle.name)
    subject = called_once(context.case.subject, drive, rows.given(part))
    cotangent = _cotangent_of(context, rows, part)
    point = point_of(
        _at(subject, rows.primals(part), cotangent), context.case.seed, Profile.FAST
    )
    known = [name for name in names if name in point.gradients[0]]
    return judge(point, known, oracle, context.case.seed, Profile.FAST)


def _cotangent_of(context: Context, rows: Rows, part: Sequence[int]) -> Array | None:
    raise NotImplementedError


def _at(subject: object, primals: object, cotangent: object) -> object:
    raise NotImplementedError
