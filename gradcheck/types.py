"""The nouns of the numeric half; docs/glossary.md explains the words.

Shapes: x a primal, y the output, x_bar and y_bar their cotangents; a cotangent has its primal's shape.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gradcheck.errors import GradientMismatchError

Array = npt.NDArray[Any]
Primals = Mapping[str, Array]
Tangents = Mapping[str, Array]
Cotangents = Mapping[str, Array]


class Outcome(enum.Enum):
    """What a check concluded."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not applicable"


class Role(enum.Enum):
    """What a primal is to its layer."""

    INPUT = "input"
    PARAMETER = "parameter"


class Profile(enum.Enum):
    """How much a run may cost."""

    FAST = "fast"
    DEFAULT = "default"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pullback:
    """What one call of backward gave and what it left behind.

    Attributes:
        gradients: Primal name to gradient, exactly as the layer returned or stored it (not reshaped).
        absent: Primal name to the reason why no gradient was found for it.
        changed: Names of the arrays the call left changed: primal names, or "upstream gradient".
        rounding: Primal name to an absolute error per entry that the way of reading the gradient adds
            (weights before minus weights after); absent means none.
    """

    gradients: Cotangents
    absent: Mapping[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    rounding: Mapping[str, float] = field(default_factory=dict)


Vjp = Callable[[Array], Pullback]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The function under check in the one standard form every adapter makes.

    Contract: `value` and `value_and_vjp` are pure to the caller: same primals, same answer; nothing of the
    layer's, the user's or the process's is left changed. <y_bar, J x_dot> = <vjp(y_bar), x_dot>.

    Attributes:
        name: The layer's identity.
        primals: The point of the check, inputs first; float64 wherever the layer takes it.
        roles: Primal name to its role.
        value: primals -> y.
        value_and_vjp: primals -> (y, vjp); one forward; vjp may be called many times.
        cotangent: The only upstream gradient backward can take (1 for a loss whose backward takes none),
            None where it is free.
        updates_parameters: Whether backward itself moves the weights.
        stateful_update: Whether it does so by more than a multiple of the gradient (an optimizer with a state).
        unknown_rate: Whether the rate of that move is the layer's own secret.
        native: The layer's own dtypes before anything was widened to float64: by parameter name, and "output".
        precision: Relative rounding of what forward keeps for backward.
        noise: Relative noise of `value`, measured; float64's epsilon where nothing is lost.
        unchecked, notes: Gradients not found, and what was assumed while binding; one sentence each.
    """

    name: str
    primals: Primals
    roles: Mapping[str, Role]
    value: Callable[[Primals], Array]
    value_and_vjp: Callable[[Primals], tuple[Array, Vjp]]
    cotangent: Array | None = None
    updates_parameters: bool = False
    stateful_update: bool = False
    unknown_rate: bool = False
    native: Mapping[str, np.dtype[Any]] = field(default_factory=dict)
    precision: float = float(np.finfo(np.float64).eps)
    noise: float = float(np.finfo(np.float64).eps)
    unchecked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A constructed layer with concrete inputs, ready to be checked.

    Attributes:
        layer: The layer's identity.
        construction: Python that builds the layer, such as `Linear(in_features=8, out_features=5)`.
        inputs: One line on the inputs, such as `x (4, 8) float64`.
        seed: The seed every draw of this case starts from.
        subject: The layer in standard form.
        line: 1-based line of backward, for reports.
        path: File of backward, posix, relative to the project root.
        notes: What a person should know of how the case was made.
        invented: Names of primals whose shape we made up, axes of length one included.
        stabilisers: Small constants in forward, such as 1e-7 in log(p + 1e-7), ascending.
        at_batch: The same case at another batch size, None where it does not run at that one; None where there is
            no layer to ask.
    """

    layer: str
    construction: str
    inputs: str
    seed: int
    subject: Subject
    line: int = 0
    path: str = ""
    notes: tuple[str, ...] = ()
    invented: tuple[str, ...] = ()
    stabilisers: tuple[float, ...] = ()
    at_batch: Callable[[int], Case | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An oracle's answer with the error it admits.

    Attributes:
        value: The derivative, a number or an array.
        error_bound: How far `value` may be from the truth, same shape or scalar.
        masked: Share of the cotangent's outputs left out because they sit on a kink, 0 to 1.
        step: The step it was taken with, 0 where there is none.
    """

    value: Any
    error_bound: Any
    masked: float = 0.0
    step: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Directional:
    """An oracle's answers along directions.

    Attributes:
        estimates: One row per direction of one Estimate of <v, J d> per cotangent v; a masked share of 1
            means that the direction decided nothing.
        cotangents: The cotangents as they were used: outputs on a kink set to 0.
        forwards: Forwards spent.
    """

    estimates: tuple[tuple[Estimate, ...], ...]
    cotangents: tuple[Array, ...]
    forwards: int


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
        quantities: One entry per gradient compared.
        mismatches: Worst first.
        table: Lines that belong under the headline (a table of shapes, say).
        notes: What is risky but not wrong, or what a person should know, one sentence each.
        warnings: The notes that a strict run turns into failures.
        construction, inputs, seed, path, line: How the case was made, and where to point (1-based).
        hint: What to try, one or two lines; worded as "may" unless proven.

    Raises:
        ValueError: PASSED with nothing compared.
    """

    check: str
    layer: str
    outcome: Outcome
    compared: int
    headline: str
    quantities: Sequence[Quantity] = ()
    mismatches: Sequence[Mismatch] = ()
    table: Sequence[str] = ()
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    construction: str = ""
    inputs: str = ""
    seed: int = 0
    path: str = ""
    line: int = 0
    hint: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.outcome is Outcome.PASSED and self.compared == 0:
            message = f"{self.check} of {self.layer} compared nothing and cannot pass"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """An independent source of derivatives.

    Attributes:
        name: The oracle's name, its file's.
        summary: One line.
        unavailable: subject -> why it cannot serve here, or None.
        directional: (subject, directions, cotangents, y) -> Directional.
        entries: (subject, primal name, flat indices or None for all, y_bar, y) -> Estimate whose value and
            error_bound are arrays over those entries; NaN where it cannot tell.
    """

    name: str
    summary: str
    unavailable: Callable[[Subject], str | None]
    directional: Callable[[Subject, Sequence[Tangents], Sequence[Array], Array], Directional]
    entries: Callable[[Subject, str, Array | None, Array, Array], Estimate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What `run` hands each check: the case and what it may ask.

    Attributes:
        case: The case under check.
        profile: How much the check may cost.
        oracles: Name to oracle, in the order of trust.
        parameter_gradients: "sum" or "mean": the declared convention, "" where none is declared.
        expect: Declared intent, such as "straight-through", or ""; no check reads it yet.
    """

    case: Case
    profile: Profile
    oracles: Mapping[str, Oracle]
    parameter_gradients: str = ""
    expect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """Knows one layer convention.

    Attributes:
        name: The adapter's name, its file's.
        summary: One line.
        recognises: (Request of cases/binding.py) -> whether the convention is this one; decided before anything
            is called. Of all adapters exactly one recognises a request.
        bind: (the same Request) -> Subject; raises BuildError where the layer leaves nothing to compare, and
            whatever its forward or backward raises.
    """

    name: str
    summary: str
    recognises: Callable[..., bool]
    bind: Callable[..., Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One property of a right layer; `examine` answers with a CheckResult and never raises for a wrong layer."""

    name: str
    summary: str
    examine: Callable[[Context], CheckResult]


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
