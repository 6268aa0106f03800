"""An operator applied to operands as a Subject; NumPy's function gives its values where the tape agrees with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.tapes.model import Application, Tape
from gradcheck.types import Array, Primals, Pullback, Role, Subject, Vjp

#: Roundings of a result that two ways of computing it may differ by, in units of the tape's own rounding.
SAME_ROUNDINGS = 64.0
#: Said of a value of NumPy's shape that is not NumPy's.
OTHER_VALUE = "its value is not NumPy's"


class NoTensorError(Exception):
    """An operator answered with something that is no tensor of the tape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application as functions of its operands.

    Attributes:
        tape: The tape.
        application: What is applied.
    """

    tape: Tape
    application: Application

    def start(self) -> dict[str, Array]:
        """The operands as the tape holds them: a float32 tape rounds what it is given."""
        found = {}
        for name, x in self.application.operands.items():
            held = self.tape.read(self.tape.make(x))
            found[name] = np.asarray(x if held is None else held, dtype=np.float64)
        return found

    def own_value(self, primals: Primals) -> Array:
        """Primals -> y by the tape.

        Raises:
            NoTensorError: The answer is no tensor.
            Exception: Whatever the operator raises.
        """
        return self._read(self._forward(primals)[1])

    def like_value(self, primals: Primals) -> Array:
        """Primals -> y by NumPy."""
        like = self.application.like
        if like is None:
            message = "NumPy has nothing like it"
            raise TypeError(message)
        return np.asarray(like(*self._operands(primals).values()), dtype=np.float64)

    def vjp(self, primals: Primals) -> Vjp:
        """Primals -> vjp; each call has a forward of its own, for many a tape forgets its graph in backward."""

        def vjp(y_bar: Array) -> Pullback:
            leaves, answer = self._forward(primals)
            self.tape.send(answer, np.array(y_bar))
            return self._pullback(leaves, primals)

        return vjp

    def _operands(self, primals: Primals) -> dict[str, Array]:
        ties = self.application.ties
        return {name: x[ties[name]] if name in ties else x for name, x in primals.items()}

    def _forward(self, primals: Primals) -> tuple[Mapping[str, Any], Any]:
        leaves = {name: self.tape.make(np.array(x)) for name, x in self._operands(primals).items()}
        answer = self.application.apply(*leaves.values())
        if not self.tape.holds(answer):
            message = f"it answers with {_article(type(answer).__name__)}, which no gradient goes through"
            raise NoTensorError(message)
        return leaves, answer

    def _read(self, answer: Any) -> Array:
        held = self.tape.read(answer)
        if held is None:
            raise NoTensorError("its answer holds no numbers")
        return np.array(held, dtype=np.float64)

    def _pullback(self, leaves: Mapping[str, Any], primals: Primals) -> Pullback:
        found: dict[str, Array] = {}
        absent: dict[str, str] = {}
        for name, leaf in leaves.items():
            gradient = self.tape.gradient(leaf)
            shape = self._operands(primals)[name].shape
            untouched = gradient is not None and gradient.shape == () != shape and not np.any(gradient)
            if gradient is None or untouched:
                absent[name] = f"no gradient reaches `{name}`, on which its value depends"
            elif name in self.application.ties and gradient.shape == shape:
                gathered = np.zeros_like(primals[name])
                np.add.at(gathered, self.application.ties[name], gradient)
                found[name] = gathered
            else:
                found[name] = gradient
        return Pullback(gradients=found, absent=absent)


def subject_of(applied: Applied) -> tuple[Subject, str]:
    """The Subject of an application, and how its value differs from NumPy's, "" where it does not.

    Raises:
        NoTensorError: The operator answers with no tensor.
        Exception: Whatever the operator raises.
    """
    tape, application = applied.tape, applied.application
    primals = applied.start()
    y = applied.own_value(primals)
    differs = _difference(applied, primals, y) if application.like is not None else ""
    has_like = application.like is not None and not differs
    subject = Subject(
        name=application.text,
        primals=primals,
        roles=dict.fromkeys(primals, Role.INPUT),
        value=applied.like_value if has_like else applied.own_value,
        # The value of one and the same function: a float32 tape's own differs from it by rounding.
        value_and_vjp=lambda at: (applied.like_value(at) if has_like else applied.own_value(at), applied.vjp(at)),
        cotangent=None if tape.takes_cotangent else np.ones_like(y),
        precision=tape.epsilon,
    )
    return subject, differs


def _difference(applied: Applied, primals: Primals, y: Array) -> str:
    with np.errstate(all="ignore"):
        expected = applied.like_value(primals)
    if expected.shape != y.shape:
        if expected.size == y.size and sorted(n for n in expected.shape if n != 1) == sorted(
            n for n in y.shape if n != 1
        ):
            return f"its shape is {y.shape}, NumPy's {expected.shape}"
        return f"its answer is {y.shape}, NumPy's {expected.shape}"
    room = SAME_ROUNDINGS * applied.tape.epsilon
    scale = float(np.max(np.abs(expected), initial=0.0))
    if np.allclose(y, expected, rtol=room, atol=room * scale, equal_nan=True):
        return ""
    return OTHER_VALUE


def _article(noun: str) -> str:
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
