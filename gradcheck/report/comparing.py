"""Two runs side by side: what failed, was mended, vanished, or moved."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradcheck.report import summary
from gradcheck.report.schema import Document, Gradient, Number, Result

#: What `--fail` may ask of a change; docs/reports.md has the same list.
FACTS = {
    "new_failure": "fails now and did not before",
    "fixed": "failed before and passes now",
    "vanished": "is not in the later run",
    "lost": "had a verdict and has none now: vanished, not built, inconclusive, left out",
    "new": "is not in the earlier run",
    "error": "has this largest error now",
    "error_ratio": "has this error in multiples of the one before",
    "bound": "could have shown this relative error, while it passed",
    "bound_ratio": "the same in multiples of the one before",
    "seconds": "took this long",
    "time_ratio": "the same in multiples of the time before",
}
WRONG = {summary.FAILED, summary.BROKEN}
DECIDED = {summary.PASSED, *WRONG}
#: How far an error has to move to be told although no outcome changed.
NOTABLE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One check or one gradient in one run; `outcome` is "" where it is not there."""

    outcome: str = ""
    error: float = 0.0
    bound: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A layer (`check` is ""), a check (`gradient` is "") or a gradient in both runs."""

    layer: str
    check: str
    gradient: str
    before: Side
    after: Side

    @property
    def facts(self) -> dict[str, float]:
        """The names of FACTS, true or false as 1 and 0."""
        before, after = self.before, self.after
        return {
            "new_failure": after.outcome in WRONG and before.outcome not in WRONG,
            "fixed": before.outcome in WRONG and after.outcome == summary.PASSED,
            "vanished": not after.outcome,
            "lost": before.outcome in DECIDED and after.outcome not in DECIDED,
            "new": not before.outcome,
            "error": after.error,
            "error_ratio": ratio(before.error, after.error),
            "bound": after.bound,
            "bound_ratio": ratio(before.bound, after.bound),
            "seconds": after.seconds,
            "time_ratio": ratio(before.seconds, after.seconds),
        }

    @property
    def is_notable(self) -> bool:
        """Whether a person wants to read of it."""
        moved = ratio(self.before.error, self.after.error)
        return self.before.outcome != self.after.outcome or not 1.0 / NOTABLE < moved < NOTABLE

    @property
    def name(self) -> str:
        """`layer::check gradient`, as far as there is one."""
        whole = f"{self.layer}::{self.check}" if self.check else self.layer
        return f"{whole} {self.gradient}".rstrip()


def ratio(before: float, after: float) -> float:
    """After to before; 1 where neither is there, infinite where only the later is."""
    if before == after:
        return 1.0
    return after / before if before > 0.0 else math.inf


def changes(earlier: Document, later: Document) -> list[list[Change]]:
    """What is in either run, in groups: a check with its gradients, the check first; or a layer that vanished.

    Args:
        earlier: The run that is compared with.
        later: The run that is judged.
    """
    before, after = _by_check(earlier), _by_check(later)
    kept = {layer for layer, _ in after}
    groups: dict[tuple[str, str], list[Change]] = {}
    for layer, check in {**before, **after}:
        if layer in kept:
            groups[layer, check] = list(_of_check(layer, check, before.get((layer, check)), after.get((layer, check))))
        elif (layer, "") not in groups:
            gone = [result.outcome for (other, _), result in before.items() if other == layer]
            gravest = next((one for one in (*WRONG, summary.PASSED) if one in gone), gone[0])
            side = Side(outcome=gravest)
            groups[layer, ""] = [Change(layer=layer, check="", gradient="", before=side, after=Side())]
    return list(groups.values())


def _by_check(document: Document) -> Mapping[tuple[str, str], Result]:
    return {(one.layer, one.check): one for one in document.results}


def _of_check(layer: str, check: str, before: Result | None, after: Result | None) -> Iterator[Change]:
    yield Change(layer=layer, check=check, gradient="", before=_side(before), after=_side(after))
    if before is None or after is None:
        return
    old, new = ({gradient.name: gradient for gradient in one.gradients} for one in (before, after))
    # Where one side could not tell gradients apart, the check speaks for them.
    for name in {**old, **new} if old and new else ():
        earlier, later = _gradient(old.get(name), before), _gradient(new.get(name), after)
        yield Change(layer=layer, check=check, gradient=name, before=earlier, after=later)


def _side(result: Result | None) -> Side:
    return Side() if result is None else Side(outcome=result.outcome, seconds=_float(result.seconds))


def _gradient(gradient: Gradient | None, result: Result) -> Side:
    if gradient is None:
        return Side()
    return Side(
        outcome=gradient.outcome,
        error=max((_float(one.error) for one in gradient.worst), default=0.0),
        bound=_float(gradient.smallest_error),
        seconds=_float(result.seconds),
    )


def _float(value: Number) -> float:
    """A number of the document; what is not a number is larger than any."""
    return math.inf if value == "NaN" else float(value)
