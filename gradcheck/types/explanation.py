"""Why a gradient is wrong: what an explanation is shown, what it predicts, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcheck.types.evidence import Evidence
from gradcheck.types.subject import Array, Primals, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An error that explains a wrong gradient.

    Attributes:
        name: What the error is called: its file's name in `gradcheck/diagnosis`, "unexplained" where none fits.
        gradient: Primal whose gradient it explains.
        sentence: What is wrong, such as "actual = expected / 4, the batch size".
        evidence: The numbers it rests on, one line each.
        claim: How much it claims: the free choices it takes, small is simple. Of several that fit the least counts.
        residual: Largest |actual - predicted|, in units of the error allowed there; at most 1 where it explains.
        advice: What to try, one sentence, "" for nothing.
    """

    name: str
    gradient: str
    sentence: str
    evidence: Sequence[str] = ()
    claim: float = 0.0
    residual: float = 0.0
    advice: str = ""

    @property
    def holds(self) -> bool:
        """Whether it explains the error to rounding."""
        return self.residual <= 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What the wrong gradient would be, were an error the cause.

    Attributes:
        actual: The gradient it predicts.
        sentence, evidence, claim, advice: As in Explanation.
        observed: What is compared with it where that is not the layer's gradient itself but something made of it.
        slack: Error allowed on top, per entry, for an error that is a loss of digits.
        scalable: Whether it may be wrong by a factor besides.
    """

    actual: Array
    sentence: str
    claim: float
    evidence: Sequence[str] = ()
    advice: str = ""
    observed: Array | None = None
    slack: float = 0.0
    scalable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dispute:
    """A wrong gradient as an explanation is shown it.

    Attributes:
        evidence: The gradient and what it was judged on.
        expected: Every gradient through the same upstream gradient by the oracle, as far as it is known.
        actual: Every gradient through it as the layer gave it.
        truth: (upstream gradients, primals or None for the point) -> the true gradient of this primal through each,
            None where it is not affordable or there is none.
        backward: Upstream gradient -> the layer's own gradient of this primal through it, None where it raises.
        subject: The function under check.
        at_batch: Rows more or fewer -> the true gradient and the layer's at another batch size, None where it does not
            run there.
        graph: Forward as torch recorded it (`gradcheck.tracing.surgery.Graph`), None where it could not.
        settings: The layer's attributes and construction arguments, by name in lower case without underscores.
        given: What forward is handed beside the primals, by name.
    """

    evidence: Evidence
    expected: Mapping[str, Array]
    actual: Mapping[str, Array]
    truth: Callable[[Sequence[Array], Primals | None], Sequence[Array] | None]
    backward: Callable[[Array], Array | None]
    subject: Subject
    at_batch: Callable[[int], tuple[Array, Array] | None]
    graph: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def x(self) -> Array:
        """The primal."""
        return self.subject.primals[self.evidence.name]

    @property
    def is_free(self) -> bool:
        """Whether another upstream gradient can be asked for."""
        return self.subject.cotangent is None and self.evidence.y_bar.size > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HypothesisOfError:
    """One kind of error: `predict` yields what the gradient would be under it, in as many forms as it may have.

    Attributes:
        name: Its file's name.
        summary: One line.
        predict: Dispute -> predictions; it decides nothing, and yields none where the kind does not apply.
        cost: 0 works on the arrays alone, 1 asks for a few true gradients, 2 for one per output. What is dearer is
            asked only where nothing cheaper explains.
        least: The least claim of any of its predictions; it is not asked where one that claims no more fits already.
    """

    name: str
    summary: str
    predict: Callable[[Dispute], Iterable[Prediction]]
    cost: int = 0
    least: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blame:
    """The statement that computes a gradient.

    Attributes:
        path: File, posix, relative to the project root.
        line, end_line: 1-based, of the statement.
        source: The statement as written, its lines dedented.
        reason: How it was found, such as "stores self.db", one phrase.
        function: 1-based line and name of the method it is in.
    """

    path: str
    line: int
    end_line: int
    source: Sequence[str]
    reason: str
    function: str = ""
