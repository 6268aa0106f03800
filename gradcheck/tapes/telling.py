"""What is told of a tape's operators: one result, a line per operator, the wrong ones with the operands at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from gradcheck.judging.headlines import within
from gradcheck.source.model import LayerSite
from gradcheck.tapes.battery import ELEMENTWISE, NO_RULE, Row
from gradcheck.tapes.model import REFUSED, mismatch
from gradcheck.tapes.subject import OTHER_VALUE
from gradcheck.types import CheckResult, Outcome, Quantity, Role

NAME = "operators"
MOST_NAMES = 4
#: Faults of one operator that are told before the rest is only counted.
MOST_FAULTS = 3
#: The mark of a line that is the last to be left out.
MARK = "<-"
#: Entries that are told of one wrong operator.
MOST_MISMATCHES = 8


def result_of(site: LayerSite, rows: Sequence[Row], code: str, seed: int, notes: Sequence[str] = ()) -> CheckResult:
    """The result of a Tensor class's operators."""
    wrong = [row for row in rows if row.outcome == Outcome.FAILED.value]
    right = [row for row in rows if row.outcome == Outcome.PASSED.value]
    name = site.qualname.rpartition(".")[2]
    compared = sum(one.compared for row in rows for one in row.judged)
    if wrong:
        outcome = Outcome.FAILED
        headline = f"{name}: {len(wrong)} of {len(rows)} operators wrong: {_listed([row.operator for row in wrong])}"
    elif right and compared:
        outcome, headline = Outcome.PASSED, f"{name}: {len(right)} operators agree with finite differences"
    else:
        outcome = Outcome.INCONCLUSIVE
        headline = f"{name}: no operator could be judged: {_first_reason(rows)}"
    return CheckResult(
        check=NAME,
        layer=site.identity,
        outcome=outcome,
        compared=compared,
        headline=within(headline),
        oracle="finite_difference",
        quantities=[_quantity(row) for row in rows],
        # Of several operators the table is the story.
        mismatches=[mismatch(m, wrong[0].operator) for f in wrong[0].judged for m in f.mismatches][:MOST_MISMATCHES]
        if len(wrong) == 1
        else [],
        table=tuple(_table(rows)),
        notes=(*notes, *_notes(rows)),
        construction=code,
        seed=seed,
        path=site.path,
        line=site.line,
    )


def _quantity(row: Row) -> Quantity:
    wrong = [one for one in row.judged if one.is_wrong]
    taken = [one for one in row.judged if one.outcome != REFUSED]
    outcome = Outcome.NOT_APPLICABLE if row.outcome == REFUSED else Outcome(row.outcome)
    first = (wrong or [f for f in row.judged if f.reason] or list(row.judged))[0]
    return Quantity(
        name=row.operator,
        role=Role.OPERATOR,
        shape=(),
        dtype="",
        outcome=outcome,
        wrong=len(wrong),
        size=len(taken),
        reason="" if outcome is Outcome.PASSED else f"{first.text}: {first.reason}",
    )


def _table(rows: Sequence[Row]) -> Iterator[str]:
    """First a line for each operator that is wrong, for those who read no further; then the account."""
    width = max(8, *(len(row.operator) for row in rows)) if rows else 8
    yield "wrong" if any(row.outcome == Outcome.FAILED.value for row in rows) else "operators"
    for row in rows:
        if wrong := [one for one in row.judged if one.is_wrong]:
            extent = f"{len(wrong)} of {len(row.judged)}"
            yield f"  {row.operator:<{width}}  {extent}  {wrong[0].text}: {wrong[0].reason} {MARK}"
    yield f"{'operator':<{width}}  passed  failed  undecided  refused"
    order = {Outcome.FAILED.value: 0, Outcome.INCONCLUSIVE.value: 1, Outcome.PASSED.value: 2, REFUSED: 3}
    for row in sorted(rows, key=lambda row: order[row.outcome]):
        yield from _account(row, width)


def _account(row: Row, width: int) -> Iterator[str]:
    passed, failed, undecided, refused = (
        sum(one.outcome == word for one in row.judged)
        for word in (Outcome.PASSED.value, Outcome.FAILED.value, Outcome.INCONCLUSIVE.value, REFUSED)
    )
    yield f"{row.operator:<{width}}  {passed:>6}  {failed:>6}  {undecided:>9}  {refused:>7}"
    told = (("wrong on", Outcome.FAILED.value, MOST_FAULTS), ("undecided on", Outcome.INCONCLUSIVE.value, 1),
            ("does not take", REFUSED, 1))  # fmt: skip
    for word, outcome, most in told:
        others = [one for one in row.judged if one.outcome == outcome]
        for one in others[:most]:
            yield f"    {word} {one.text}:"
            yield f"      {one.reason}"
        if outcome == Outcome.FAILED.value and len(others) > most:
            yield f"    and on {len(others) - most} more"


def _notes(rows: Sequence[Row]) -> Iterator[str]:
    ruled = [row.operator for row in rows if any(f.reason == NO_RULE for f in row.judged)]
    if ruled:
        yield f"{_listed(ruled)}: {NO_RULE}"
    for row in rows:
        undecided = [f for f in row.judged if f.outcome == Outcome.INCONCLUSIVE.value]
        if undecided and row.outcome == Outcome.INCONCLUSIVE.value:
            yield f"{row.operator} undecided on {undecided[0].text}: {undecided[0].reason}"
        others = [f for f in row.judged if f.other_function == OTHER_VALUE and f.outcome != REFUSED]
        if others and row.operator in ELEMENTWISE:
            yield f"the value of {others[0].text} is not NumPy's"


def _first_reason(rows: Sequence[Row]) -> str:
    reasons = [f.reason for row in rows for f in row.judged if f.reason]
    return reasons[0] if reasons else "it has none that is known"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown + (f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else "")


def rows_of(answer: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows as they came through JSON."""
    return msgspec.convert(answer, list[Row])
