"""Backwards that are no derivative of their forward on purpose, recognised by experiment, never by a name or comment.

Straight-through: forward moves in steps, so that its derivative is zero, and backward passes the gradient on.
Reversal, scaling, clipping: forward is the identity, backward rewrites the gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.cases.declaring.expectations import CLIPPING, REVERSAL, SCALING, STRAIGHT_THROUGH
from gradcheck.numerics import sampling, steps
from gradcheck.types import Array, Subject

#: Moves, in units of the primal's magnitude, below the width of a step, and one another.
SMALL_MOVE = 1.0e-6
SMALLER = 0.3
#: How many times what rounding moves an output by a slope of one must move it by, to be told from none.
ABOVE_ROUNDING = 30.0
#: A dtype too coarse for that: float16's own numbers are steps.
COARSEST = 1.0e-5
#: Moves above the width of a step.
LARGE_MOVES = (0.3, 1.0, 3.0)
#: Roundings by which an output that does not move may still differ.
ROUNDINGS = 64.0
#: Two gradients are the same to this share of the larger: far above rounding, far below a lost entry.
SAME = 1.0e-6
#: How much smaller an upstream gradient is that no clipping at a usual bound touches.
TINY = 1.0e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a backward does instead of a derivative.

    Attributes:
        word: Its word among the expectations.
        sentence: The same in a sentence.
        names: The primals it was seen on.
    """

    word: str
    sentence: str
    names: tuple[str, ...]


def intent_of(subject: Subject, seed: int) -> Intent | None:
    """The intent of a backward, None where there is none to be seen.

    Args:
        subject: The layer.
        seed: Seed of the draws.

    Raises:
        Exception: Whatever backward raises.
    """
    if subject.cotangent is not None or not subject.primals:
        return None
    y, vjp = subject.value_and_vjp(subject.primals)
    first, second = (sampling.gaussian(sampling.generator(seed, f"intent {k}"), y.shape) for k in range(2))
    gradients = vjp(first).gradients, vjp(second).gradients
    found = _rewriting(subject, y, (first, second), gradients, vjp(TINY * first).gradients)
    return found or _straight_through(subject, y, (first, second), gradients, seed)


def _rewriting(
    subject: Subject,
    y: Array,
    upstream: tuple[Array, Array],
    gradients: tuple[Mapping[str, Array], Mapping[str, Array]],
    tiny: Mapping[str, Array],
) -> Intent | None:
    """Forward is the identity of its one input that has a gradient."""
    name, x = next(iter(subject.primals.items()))
    handed = [part.get(name) for part in (*gradients, tiny)]
    if len(subject.primals) != 1 or x.shape != y.shape or not _same(x, y):
        return None
    if any(gradient is None or gradient.shape != y.shape for gradient in handed):
        return None
    one, two, small = (np.asarray(gradient, dtype=np.float64) for gradient in handed)
    factor = float(np.sum(one * upstream[0]) / np.sum(np.square(upstream[0])))
    if all(_same(factor * v, gradient) for v, gradient in zip(upstream, (one, two), strict=True)):
        if factor in {0.0, 1.0} or abs(factor - 1.0) <= SAME:
            return None
        word, verb = (REVERSAL, "turns the gradient around") if factor < 0.0 else (SCALING, "scales the gradient")
        sentence = f"forward is the identity and backward {verb}, by {factor:.6g}"
        return Intent(word=word, sentence=f"it is a {word.replace('-', ' ')} layer: {sentence}", names=(name,))
    limited = bool(np.all(np.abs(one) <= np.abs(upstream[0]) * (1.0 + SAME)) and np.all(one * upstream[0] >= 0.0))
    if limited and _same(TINY * upstream[0], small):
        sentence = "it is a gradient clipping layer: forward is the identity and backward limits the gradient"
        return Intent(word=CLIPPING, sentence=sentence, names=(name,))
    return None


def _straight_through(
    subject: Subject,
    y: Array,
    upstream: tuple[Array, Array],
    gradients: tuple[Mapping[str, Array], Mapping[str, Array]],
    seed: int,
) -> Intent | None:
    if not np.array_equal(subject.value(subject.primals), y, equal_nan=True):
        return None  # forward answers otherwise at each call: how it moves cannot be told
    names, passing = [], True
    for name, x in subject.primals.items():
        pair = [part.get(name) for part in gradients]
        one = pair[0]
        if one is None or any(gradient is None or gradient.shape != x.shape for gradient in pair) or not np.any(one):
            continue
        if not _promises(subject, y, x, one, upstream[0]) or not moves_in_steps(subject, y, name, seed):
            continue
        if x.shape == y.shape and x.size > 1:
            one, two = (np.asarray(gradient, dtype=np.float64) for gradient in pair)
            if not _same(one * upstream[1], two * upstream[0]):
                # Mixed from other entries: whatever was meant, it is not passed on.
                return None
            gains = one / upstream[0]
            largest = float(np.max(np.abs(gains)))
            passing = passing and bool(np.all((np.abs(gains) <= SAME) | (np.abs(gains - largest) <= SAME * largest)))
        names.append(name)
    if not names:
        return None
    told = "straight-through estimator" if passing else "surrogate gradient"
    listed = " and ".join(f"`{name}`" for name in names[:2])
    sentence = f"it is a {told}: forward moves in steps by {listed}, backward passes the gradient on"
    return Intent(word=STRAIGHT_THROUGH, sentence=sentence, names=tuple(names))


def moves_in_steps(subject: Subject, y: Array, name: str, seed: int) -> bool:
    """Whether forward's answer stays where it is under small moves of a primal, and changes under large ones."""
    x = subject.primals[name]
    tangent = sampling.direction(sampling.generator(seed, f"steps {name}"), x, steps.magnitude(x))
    still, small = _scales(subject, y)
    if _epsilon(subject) > COARSEST:
        return False

    def moved(step: float) -> Array | None:
        other = subject.value({**subject.primals, name: x + step * tangent})
        return np.abs(other - y) if other.shape == y.shape else None

    for sign in (1.0, -1.0):
        far, near = moved(sign * small), moved(sign * SMALLER * small)
        if far is None or near is None or np.any((far > still) & _in_proportion(far, near)):
            return False
    return any(far is None or bool(np.any(far > still)) for far in map(moved, LARGE_MOVES))


def _promises(subject: Subject, y: Array, x: Array, gradient: Array, upstream: Array) -> bool:
    """Whether a gradient says that a small move is seen: that of a saturated softmax, which rests as well, does not."""
    still, small = _scales(subject, y)
    moved = float(np.max(np.abs(gradient))) * steps.magnitude(x) * small
    return moved > still * float(np.max(np.abs(upstream)))


def _scales(subject: Subject, y: Array) -> tuple[float, float]:
    """What an output that rests may still differ by, and a move below the width of a step."""
    epsilon = max(steps.EPSILON, _epsilon(subject))
    still = ROUNDINGS * epsilon * float(np.max(np.abs(y), initial=0.0))
    return still, max(SMALL_MOVE, ABOVE_ROUNDING * ROUNDINGS * epsilon)


def _in_proportion(far: Array, near: Array) -> Array:
    """Where a smaller move moved an output by less, as a slope does; a step moves it by all or by nothing."""
    return np.asarray((near > SMALLER / 2.0 * far) & (near < 2.0 * SMALLER * far))


def _epsilon(subject: Subject) -> float:
    output = subject.native.get("output")
    return float(np.finfo(output).eps) if output is not None and output.kind == "f" else steps.EPSILON


def _same(expected: Array, actual: Array) -> bool:
    largest = max(float(np.max(np.abs(expected), initial=0.0)), float(np.max(np.abs(actual), initial=0.0)))
    return bool(np.all(np.abs(actual - expected) <= SAME * largest))
