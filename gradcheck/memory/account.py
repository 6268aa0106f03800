"""The account itself and its table."""

from __future__ import annotations

from dataclasses import dataclass

MEGA = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryAccount:
    """Bytes of one step of training; None where nothing was measured or nothing can be known beforehand.

    Attributes:
        count: Number of parameters.
        parameters: Of the parameters.
        predicted_gradients: As many as the parameters'.
        predicted_state: Of the optimizer's state, by the rule it is named after; None where the name says nothing.
        gradients: Measured after one backward.
        state: Measured after one step of the optimizer.
        activations: What one forward left behind for backward, measured.
        peak: The most that one forward and backward held at once beside what was there before; None for torch,
            which does not count it on a CPU.
    """

    count: int
    parameters: int
    predicted_gradients: int
    predicted_state: int | None
    gradients: int | None = None
    state: int | None = None
    activations: int | None = None
    peak: int | None = None

    @property
    def total(self) -> int:
        """What is held at the end of a forward in the middle of a training: measured where it was, else predicted."""
        gradients = self.predicted_gradients if self.gradients is None else self.gradients
        state = self.predicted_state if self.state is None else self.state
        return self.parameters + gradients + (state or 0) + (self.activations or 0)

    def table(self) -> str:
        """The account as a person reads it, in megabytes of 10^6 bytes."""
        rows = [
            ("", "predicted", "measured"),
            ("parameters", _megabytes(self.parameters), _megabytes(self.parameters)),
            ("gradients", _megabytes(self.predicted_gradients), _megabytes(self.gradients)),
            ("optimizer's state", _megabytes(self.predicted_state), _megabytes(self.state)),
            ("activations", "", _megabytes(self.activations)),
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            f"{name.ljust(widths[0])}  {predicted.rjust(widths[1])}  {measured.rjust(widths[2])}".rstrip()
            for name, predicted, measured in rows
        ]
        peak = "" if self.peak is None else f", at most {_megabytes(self.peak)} in forward and backward"
        return "\n".join([*lines, f"{self.count:,} parameters; {_megabytes(self.total)} in all{peak}"])

    def __str__(self) -> str:
        return self.table()


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / MEGA:.1f} MB" if size >= MEGA else f"{size / 1e3:.1f} kB"
