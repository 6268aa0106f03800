"""Some rows of a case: its inputs, and whatever else forward is handed that has as many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.driving.moments import Moment, alone
from gradcheck.types import Array, Case, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The samples of a case.

    Attributes:
        case: The case.
        axis: Axis along which they lie.
        count: How many there are.
    """

    case: Case
    axis: int
    count: int

    def has(self, values: Array) -> bool:
        """Whether an array has as many rows."""
        return values.ndim > self.axis and values.shape[self.axis] == self.count

    def primals(self, rows: Sequence[int]) -> dict[str, Array]:
        """The primals with these rows of the inputs."""
        subject = self.case.subject
        return {
            name: np.take(x, rows, self.axis) if subject.roles[name] is Role.INPUT else x
            for name, x in subject.primals.items()
        }

    def given(self, rows: Sequence[int]) -> dict[str, Any]:
        """Other arguments of forward with these rows."""
        return {
            name: np.take(value, rows, self.axis)
            for name, value in self.case.given.items()
            if isinstance(value, np.ndarray) and self.has(value)
        }

    def moment(self, rows: Sequence[int], y_bar: Callable[[Array], Array]) -> Moment | None:
        """What the layer called once answers to these rows; None where it refuses them or is not finite."""
        drive = self.case.subject.drive
        if drive is None:
            return None
        try:
            found = alone(drive, self.primals(rows), y_bar, given=self.given(rows))
        except Exception:  # noqa: BLE001 - the user's layer may refuse this batch size, for whatever reason
            return None
        finite = all(np.all(np.isfinite(values)) for values in (found.y, *found.gradients.values()))
        return found if finite else None


def rows_of(case: Case) -> Rows | None:
    """The samples of a case, None where it has none, or only one."""
    subject, axis = case.subject, case.batch_axis
    inputs = [x for name, x in subject.primals.items() if subject.roles[name] is Role.INPUT]
    # Ids have no gradient and yet are the rows of an embedding.
    rows = inputs or [value for value in case.given.values() if isinstance(value, np.ndarray) and value.ndim]
    if axis is None or not rows or any(x.ndim <= axis for x in rows):
        return None
    counts = {x.shape[axis] for x in rows}
    count = counts.pop()
    return Rows(case=case, axis=axis, count=count) if not counts and count > 1 else None
