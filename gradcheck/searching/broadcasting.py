"""Operands that meet by broadcasting: whether backward sums their gradients over what was repeated.

Forward of an elementwise function takes them whether anybody promised it or not. Where backward sums over repeated rows
in one form of an operand, (D,), and not in another, (1, D), it is wrong; where nothing in it sums, that is told.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcheck.cases.naming.family import plain
from gradcheck.numerics import sampling
from gradcheck.types import Array, Built, Case, CheckResult, Outcome, Presentation, Role, Subject

#: Sums taken in another order differ by a few roundings; a sum that is missing is far above this.
SAME: Final = 1.0e-6
#: Ways in which an operand may be smaller than the other, the likeliest first.
VECTOR, ROW, COLUMN = "(D,)", "(1, D)", "(N, 1)"
#: Names of operands of which neither is more than the other.
_EQUALS: Final = re.compile(
    r"a,b|b,a|x,y|u,v|p,q|left,right|lhs,rhs|l,r|first,second|self,other|([a-z]+)0,\1?1|([a-z]+)1,\2?2|([a-z]+),\3?2"
)
#: Ask = (case, check) -> what that check finds there.
Ask = Callable[[Case, str], CheckResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """One operand that is repeated to meet the other.

    Attributes:
        name: The operand.
        kind: How it is smaller.
        inputs: Forward's arguments.
        subject: The layer on them, its gradients read where the case's own are.
        is_right: Whether its gradient is summed; None where its axes of length one alone are elsewhere.
    """

    name: str
    kind: str
    inputs: Mapping[str, Any]
    subject: Subject
    is_right: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What became of operands that meet by broadcasting.

    Attributes:
        case: The case that is wrong, None where none is.
        result: What the check that failed found there.
        inputs: Forward's arguments there.
        notes: What is no error.
    """

    case: Case | None = None
    result: CheckResult | None = None
    inputs: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()


def met(case: Case, trusted: frozenset[str], ask: Ask) -> Met:
    """Try each operand as a vector, a row and a column beside the other.

    Args:
        case: The layer; its gradients are right where its operands have one shape.
        trusted: Names of those that are.
        ask: Asks a check.
    """
    blueprint, names = case.blueprint, _operands(case, trusted)
    if blueprint is None or not names:
        return Met()
    with blueprint.environment():
        built = blueprint.construct({})
        seen = [one for name in names for one in _seen(case, built, name)]
        for one in _broken(case.subject, names, seen):
            found = _confirmed(case, built, one, ask)
            if found is not None:
                return found
    return Met(notes=_notes(case, seen))


def _operands(case: Case, trusted: frozenset[str]) -> list[str]:
    """The inputs of one shape that are also the output's shape, where there are several."""
    subject, blueprint = case.subject, case.blueprint
    if blueprint is None or subject.cotangent is not None:
        return []
    names = [n for n, role in subject.roles.items() if role is Role.INPUT and n in blueprint.differentiable]
    shapes = {subject.primals[name].shape for name in names}
    if len(names) < 2 or len(shapes) != 1 or not set(names) <= trusted or set(names) & blueprint.parameters:
        return []
    shape = next(iter(shapes))
    whole = len(shape) >= 2 and 1 not in shape and all(isinstance(blueprint.inputs.get(n), np.ndarray) for n in names)
    return names if whole and subject.value(subject.primals).shape == shape else []


def _seen(case: Case, built: Built, name: str) -> Iterator[Small]:
    blueprint = case.blueprint
    assert blueprint is not None  # noqa: S101 - asked for above
    x = np.asarray(blueprint.inputs[name])
    for kind, small in ((VECTOR, x[0]), (ROW, x[:1]), (COLUMN, x[..., :1])):
        with contextlib.suppress(Exception):  # forward or backward refuses it: nothing is silently wrong
            found = _small(case, built, name, kind, small.copy())
            if found is not None:
                yield found


def _small(case: Case, built: Built, name: str, kind: str, small: Array) -> Small | None:
    """What backward makes of a smaller operand; None where forward does not repeat it."""
    blueprint, own = case.blueprint, case.subject
    assert blueprint is not None  # noqa: S101 - asked for above
    inputs = {**blueprint.inputs, name: small}
    subject = blueprint.bind(built, inputs, Presentation())
    if subject is None or not _is_repeated(subject, own, name):
        return None
    is_right = _is_summed(subject, own, name, case.seed)
    known = dataclasses.replace(subject, noise=own.noise, precision=own.precision)
    return Small(name=name, kind=kind, inputs=inputs, subject=known, is_right=is_right)


def _is_repeated(subject: Subject, own: Subject, name: str) -> bool:
    """Whether forward answers as for the operand that is repeated by hand."""
    whole = own.value(_repeated(subject, own, name))
    y = subject.value(subject.primals)
    return y.shape == whole.shape and bool(np.allclose(y, whole, SAME, 0.0))


def _repeated(subject: Subject, own: Subject, name: str) -> dict[str, Array]:
    shape = own.primals[name].shape
    return {**own.primals, name: np.array(np.broadcast_to(subject.primals[name], shape))}


def _is_summed(subject: Subject, own: Subject, name: str, seed: int) -> bool | None:
    """Whether the gradient is the sum of the repeated operand's; None where only its axes of length one differ."""
    small = subject.primals[name]
    _, whole_vjp = own.value_and_vjp(_repeated(subject, own, name))
    y, vjp = subject.value_and_vjp(subject.primals)
    y_bar = sampling.gaussian(sampling.generator(seed, "broadcasting"), y.shape)
    gradient = vjp(y_bar).gradients[name]
    expected = _summed(whole_vjp(y_bar).gradients[name], small.shape)
    if gradient.size != small.size or _without_ones(gradient.shape) != _without_ones(small.shape):
        return False
    scale = float(np.max(np.abs(expected), initial=0.0))
    same = bool(np.allclose(gradient.reshape(small.shape), expected, SAME, SAME * scale))
    return None if same and gradient.shape != small.shape else same


def _summed(gradient: Array, shape: tuple[int, ...]) -> Array:
    leading = gradient.ndim - len(shape)
    summed: Array = gradient.sum(axis=tuple(range(leading)))
    ones = tuple(axis for axis, length in enumerate(shape) if length == 1)
    return np.asarray(summed.sum(axis=ones, keepdims=True))


def _without_ones(shape: tuple[int, ...]) -> list[int]:
    return [length for length in shape if length != 1]


def _broken(subject: Subject, names: Sequence[str], seen: Sequence[Small]) -> list[Small]:
    """What is wrong beside what the same backward does right, the simplest first.

    Sums over rows in one of (D,) and (1, D) say that rows are repeated on purpose, in both that axes of length one are;
    and of two operands of equal standing what is done for one of them is meant of the other.
    """
    right = {name: {one.kind for one in seen if one.name == name and one.is_right} for name in names}
    general = [name for name in names if {VECTOR, ROW} <= right[name]]
    are_equals = len(names) == 2 and _EQUALS.fullmatch(",".join(plain(name) for name in names)) is not None
    is_meant = bool(general) and are_equals and _is_symmetric(subject, names)

    def is_promised(one: Small) -> bool:
        rows = right[one.name] & {VECTOR, ROW}
        return (bool(rows) and one.kind != COLUMN) or one.name in general or is_meant

    return [one for one in seen if one.is_right is False and is_promised(one)]


def _is_symmetric(subject: Subject, names: Sequence[str]) -> bool:
    """Whether operands that change places change the answer by its sign at most."""
    first, second = names
    y = subject.value(subject.primals)
    swapped = {**subject.primals, first: subject.primals[second], second: subject.primals[first]}
    other = subject.value(swapped)
    return any(bool(np.allclose(other, sign * y, SAME, 0.0)) for sign in (1.0, -1.0))


def _confirmed(case: Case, built: Built, one: Small, ask: Ask) -> Met | None:
    assert case.blueprint is not None  # noqa: S101 - asked for above
    try:
        found = case.blueprint.case(built, one.inputs, Presentation())
    except Exception:  # noqa: BLE001 - the user's code may raise anything where it is asked more; no verdict
        return None
    # Found anew, a gradient of another shape than its operand is nobody's.
    other = dataclasses.replace(found, subject=one.subject)
    for check in ("contract", "gradient"):
        result = ask(other, check)
        if result.outcome is Outcome.FAILED and any(
            q.name == one.name and q.outcome is Outcome.FAILED for q in result.quantities
        ):
            return Met(case=other, result=result, inputs=one.inputs)
    return None


def _notes(case: Case, seen: Sequence[Small]) -> tuple[str, ...]:
    """What forward takes by broadcasting and nobody promised."""
    wrong = [one for one in seen if one.is_right is False]
    if not wrong:
        return ()
    small, shape = wrong[0].subject.primals[wrong[0].name].shape, case.subject.primals[wrong[0].name].shape
    names = " and ".join(f"`{name}`" for name in dict.fromkeys(one.name for one in wrong))
    return (f"forward takes {names} of another shape by broadcasting, as {small} beside {shape}; backward does not",)
