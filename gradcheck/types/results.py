"""What a check found."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradcheck.errors import GradientMismatchError
from gradcheck.types.evidence import Evidence
from gradcheck.types.explanation import Blame, Explanation
from gradcheck.types.subject import Role


class Outcome(enum.Enum):
    """What a check concluded."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One wrong entry: `where` such as `W[2, 0]`; `expected` is the oracle, `actual` the code under check."""

    where: str
    expected: float
    actual: float
    allowed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What was compared for one primal.

    Attributes:
        name: Primal name.
        role: Its role.
        shape: Its shape.
        dtype: Its dtype's name.
        outcome: The verdict for this gradient alone.
        wrong: Number of entries found wrong; 0 when none or not located.
        size: Number of entries.
        at_least: Whether `wrong` is a lower bound.
        smallest_error: The smallest relative error of this gradient the comparison could have seen.
        factor: actual = factor * expected on every entry, where that holds; None otherwise.
        reason: Why the outcome is not PASSED, one line.
    """

    name: str
    role: Role
    shape: tuple[int, ...]
    dtype: str
    outcome: Outcome
    wrong: int = 0
    size: int = 0
    at_least: bool = False
    smallest_error: float = 0.0
    factor: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found on one case.

    Attributes:
        check: The check's name.
        layer: The layer's identity.
        outcome: The verdict.
        compared: How many comparisons were made; PASSED with none is refused.
        headline: The whole story in one line of at most 100 characters.
        oracle: Name of the oracle that judged, "" where none did.
        quantities: One entry per gradient compared.
        mismatches: Worst first.
        table: Lines that belong under the headline (a table of shapes, say).
        example: Python that shows the failure again; never cut.
        notes: What is risky but not wrong, or what a person should know, one sentence each.
        warnings: The notes that a strict run turns into failures.
        construction, inputs, seed, path, line: How the case was made, and where to point (1-based).
        hint: What to try, one or two lines; worded as "may" unless proven.
        evidence: The arrays behind each gradient that failed, worst first; not part of equality.
        explanations: Why, one per gradient that failed, in the order of `evidence`.
        repeats: Name of the check whose failure this one only repeats, "" where it says something new.
        blame: Primal name to the statement that computes its gradient, where it was found.

    Raises:
        ValueError: PASSED with nothing compared.
    """

    check: str
    layer: str
    outcome: Outcome
    compared: int
    headline: str
    oracle: str = ""
    quantities: Sequence[Quantity] = ()
    mismatches: Sequence[Mismatch] = ()
    table: Sequence[str] = ()
    example: Sequence[str] = ()
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    construction: str = ""
    inputs: str = ""
    seed: int = 0
    path: str = ""
    line: int = 0
    hint: Sequence[str] = ()
    evidence: Sequence[Evidence] = field(default=(), compare=False, repr=False)
    explanations: Sequence[Explanation] = ()
    repeats: str = ""
    blame: Mapping[str, Blame] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.outcome is Outcome.PASSED and self.compared == 0:
            message = f"{self.check} of {self.layer} compared nothing and cannot pass"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every result of one call of the library."""

    results: tuple[CheckResult, ...]

    @property
    def ok(self) -> bool:
        """True when nothing failed and something was compared."""
        compared = any(result.compared for result in self.results)
        return compared and all(result.outcome is not Outcome.FAILED for result in self.results)

    def raise_if_failed(self) -> None:
        """Raise GradientMismatchError, which is an AssertionError, unless `ok`."""
        if not self.ok:
            failed = [_told(result) for result in self.results if result.outcome is Outcome.FAILED]
            message = "\n".join(failed or ["nothing was compared: no gradient was checked"])
            raise GradientMismatchError(message, self)


def _told(result: CheckResult) -> str:
    row = "{0.where}: expected {0.expected:.6g}, actual {0.actual:.6g}, allowed {0.allowed:.1e}"
    worst = [row.format(mismatch) for mismatch in result.mismatches[:3]]
    return "\n  ".join([result.headline, *worst, *result.table, *result.hint])
