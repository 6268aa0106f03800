"""The nouns of a tape: how its Tensor is made and read, what is applied to it, what came of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.types import Array, Mismatch, Outcome

#: What a class that computes with tensors defines.
COMPUTING = frozenset({"__add__", "__mul__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tape:
    """A Tensor class whose conventions are known.

    Attributes:
        cls: The class.
        code: How a tensor is made, such as `Tensor(x, requires_grad=True)`.
        is_scalar: Whether a tensor holds one number.
        make: array -> tensor that asks for a gradient.
        constant: array -> tensor that asks for none, where the class knows the difference.
        read: tensor -> its numbers, float64 or float32; None for what holds none.
        gradient: leaf -> its gradient, None where it has none.
        send: (y, y_bar) -> backward from y with that upstream gradient.
        takes_cotangent: Whether `send` can send any upstream gradient; where not, it sends ones.
        functions: Functions of the project that may take tensors, by name.
        dtype: What the numbers that it holds come back in.
    """

    cls: type
    code: str
    is_scalar: bool
    make: Callable[[Array], Any]
    constant: Callable[[Array], Any]
    read: Callable[[Any], Array | None]
    gradient: Callable[[Any], Array | None]
    send: Callable[[Any, Array], None]
    takes_cotangent: bool
    functions: Mapping[str, Callable[..., Any]]
    dtype: np.dtype[np.floating]

    @property
    def epsilon(self) -> float:
        """Relative rounding of the numbers it holds."""
        return float(np.finfo(self.dtype).eps)

    def holds(self, value: object) -> bool:
        """Whether a value is a tensor: of the class, or of a base of it that computes too."""
        kinds = (base for base in self.cls.__mro__ if base is self.cls or not COMPUTING.isdisjoint(vars(base)))
        return isinstance(value, tuple(kind for kind in kinds if kind is not object))


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One operator applied to operands of given shapes.

    Attributes:
        text: What is applied, such as `(4, 3) + (3,)`.
        operands: Name to the operand's numbers, in the order in which `apply` takes them.
        apply: tensors -> tensor.
        like: arrays -> array: what NumPy has in its place; None where it has nothing.
        ties: Operand's name to indices: the operand is `operands[name][indices]`, so that its equal entries stay
            equal when they are moved.
        broadcasts: Whether an operand is smaller than the result by broadcasting.
        is_optional: Whether an operator need not take such operands (vectors in a matrix product, negative axes): that
            its backward refuses them aloud, though NumPy's forward does not, leaves it undecided.
    """

    text: str
    operands: Mapping[str, Array]
    apply: Callable[..., Any]
    like: Callable[..., Any] | None = None
    ties: Mapping[str, Array] = field(default_factory=dict)
    broadcasts: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator a Tensor has, with everything it is tried on.

    Attributes:
        name: Its short name, such as "matmul".
        applications: The trials.
        needs: Operators it is made of; where one of them is wrong, it is not judged.
    """

    name: str
    applications: tuple[Application, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What a group may ask of a tape before anything of it runs.

    Attributes:
        cls: The Tensor class.
        is_scalar: Whether a tensor holds one number.
        constant: array -> tensor that asks for no gradient.
        functions: Functions of the project that may take tensors, by name.
    """

    cls: type
    is_scalar: bool
    constant: Callable[[Array], Any]
    functions: Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorGroup:
    """A family of operators.

    Attributes:
        name: Its file's name.
        summary: One line.
        operators: (surface) -> the operators of this family that the Tensor has.
    """

    name: str
    summary: str
    operators: Callable[[Surface], Iterator[Operator]]


#: Words for what came of one application, beside those of `Outcome`: the operator does not take these operands.
REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of one application.

    Attributes:
        text: The application's text.
        outcome: An Outcome's value, or REFUSED.
        reason: Why it is not passed, one line.
        is_shape: Whether the fault is the shape of a gradient.
        broadcasts: As in the application.
        raised: Whether the tape's code raised; what it keeps globally may then be spoilt.
        compared: Comparisons made.
        mismatches: (where, expected, actual, allowed), worst first.
        other_function: How its value differs from NumPy's, "" where it does not.
    """

    text: str
    outcome: str
    reason: str = ""
    is_shape: bool = False
    broadcasts: bool = False
    raised: bool = False
    compared: int = 0
    mismatches: tuple[tuple[str, float, float, float], ...] = ()
    other_function: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether the gradient is wrong."""
        return self.outcome == Outcome.FAILED.value


def mismatch(row: tuple[str, float, float, float], operator: str) -> Mismatch:
    """A row of what was judged as a mismatch of its operator, such as `matmul[b[0, 1]]`."""
    where, expected, actual, allowed = row
    return Mismatch(where=f"{operator}[{where}]", expected=expected, actual=actual, allowed=allowed)
