"""A case that counts its forwards and backwards; every tool is handed one of its own."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from gradcheck.types import Array, Case, Primals, Pullback, Subject, Vjp


@dataclass(slots=True)
class Counts:
    """Calls so far."""

    forwards: int = 0
    backwards: int = 0


def counted(case: Case, counts: Counts) -> Case:
    """The same case, at other batch sizes too, with every forward and every backward counted."""
    at_batch = case.at_batch

    def counted_at_batch(batch: int) -> Case | None:
        other = at_batch(batch) if at_batch is not None else None
        return None if other is None else counted(other, counts)

    return dataclasses.replace(
        case, subject=_counted(case.subject, counts), at_batch=None if at_batch is None else counted_at_batch
    )


def _counted(subject: Subject, counts: Counts) -> Subject:
    def value(primals: Primals) -> Array:
        counts.forwards += 1
        return subject.value(primals)

    def value_and_vjp(primals: Primals) -> tuple[Array, Vjp]:
        counts.forwards += 1
        y, vjp = subject.value_and_vjp(primals)

        def counted_vjp(y_bar: Array) -> Pullback:
            counts.backwards += 1
            return vjp(y_bar)

        return y, counted_vjp

    return dataclasses.replace(subject, value=value, value_and_vjp=value_and_vjp)
