"""The reasoning behind one failure, step by step: probes, oracle, arbitration, explanations, statement."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcheck.report.lines import columns, count, cut, number, wrap
from gradcheck.report.text import ORACLES
from gradcheck.types import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.types import CheckResult, Evidence, Explanation

WIDTH = 80
# Entries shown of a gradient; all of them are in the failure itself, with -v.
ENTRIES = 3


def reasoning_lines(
    result: CheckResult, tried: Sequence[tuple[Evidence, Sequence[Explanation]]], *, width: int = WIDTH
) -> list[str]:
    """The account of a failure.

    Args:
        result: The failure.
        tried: Its gradients, each with every explanation that was tried, those that fit first.
        width: Columns.
    """
    lines = wrap(result.headline, width, indent="  ")
    lines += wrap(
        f"  {', '.join(filter(None, (result.construction, result.inputs)))}, seed {result.seed}", width, indent="    "
    )
    lines += _oracle(result, width)
    for evidence, explanations in tried:
        lines += ["", f"{evidence.name} {evidence.shape}, {evidence.role.value}"]
        lines += [*_disagreement(result, evidence, width), *_arbitration(evidence, width)]
        lines += [*_tried(explanations, width), *_statement(result, evidence, width)]
    return [line.rstrip() for line in lines]


def _oracle(result: CheckResult, width: int) -> list[str]:
    judged = ORACLES.get(result.oracle, result.oracle) or "nothing: it is no question of values"
    told = f"  expected values by {judged}; {count(result.compared, 'comparison')} made"
    right = [q.name for q in result.quantities if q.outcome is Outcome.PASSED]
    lines = wrap(told, width, indent="    ")
    return [*lines, *wrap(f"  right: {', '.join(right)}", width, indent="    ")] if right else lines


def _disagreement(result: CheckResult, evidence: Evidence, width: int) -> list[str]:
    mine = [m for m in result.mismatches if m.where.partition("[")[0] == evidence.name][:ENTRIES]
    if not mine:
        own = next((q for q in result.quantities if q.name == evidence.name), None)
        return wrap(f"  1. it {own.reason}", width, indent="     ") if own is not None and own.reason else []
    rows = [("entry", "expected", "actual", "error", "allowed")]
    for m in mine:
        error = f"{abs(m.actual - m.expected):.1e}"
        rows.append((m.where, number(m.expected), number(m.actual), error, f"{m.allowed:.1e}"))
    return ["  1. it differs by more than the oracle can be wrong by:", *columns(rows, indent="     ")]


def _arbitration(evidence: Evidence, width: int) -> list[str]:
    if evidence.sweep is None:
        return []
    told = "  2. central differences along the disagreement itself side with the oracle, at whatever step:"
    rows = [("step", "from the oracle", "from the layer")]
    for point in evidence.sweep.points:
        known = "not known" if math.isnan(point.from_expected) else f"{point.from_expected:.1e}"
        rows.append((f"{point.step:.0e}", known, f"{point.from_actual:.1e}"))
    return [*wrap(told, width, indent="     "), *columns(rows, indent="     ")]


def _tried(explanations: Sequence[Explanation], width: int) -> list[str]:
    fits = [one for one in explanations if one.holds]
    word = f"{count(len(explanations), 'explanation')} tried, {len(fits)} of them fit"
    lines = [f"  3. {word}, the smallest claim first:" if fits else f"  3. {word}; the nearest first:"]
    for one in explanations:
        mark = "fits" if one.holds else "no"
        head = f"     {mark:<4} {one.name} (claim {one.claim:g}, off by {one.residual:.1e} of what is allowed)"
        lines += [cut(head, width), *wrap(f"          {one.sentence}", width, indent="          ")]
        if one.holds:
            lines += [line for text in one.evidence for line in wrap(f"          {text}", width, indent="          ")]
    return lines


def _statement(result: CheckResult, evidence: Evidence, width: int) -> list[str]:
    blame = result.blame.get(evidence.name)
    if blame is None:
        return []
    head = f"  4. {blame.path}:{blame.line}, in {blame.function}: {blame.reason}"
    return [cut(head, width), *(cut(f"     > {line}", width) for line in blame.source)]
