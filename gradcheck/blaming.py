"""The statement behind each gradient that failed, as the failing line of a result."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from pathlib import Path

from gradcheck.cases.gradients.names import candidates, input_gradients
from gradcheck.source import blame
from gradcheck.source.reading import decode, read_bytes
from gradcheck.types import Blame, CheckResult, Outcome, Role

#: What the first of several answers is called where it is the value and the gradients come after it.
VALUES = frozenset({"loss", "losses", "cost", "error", "value", "l", "j"})


def blamed(result: CheckResult, root: Path) -> CheckResult:
    """The result with the statement that computes each failed gradient, and the line of the worst of them.

    Args:
        result: A failure; anything else stays as it is.
        root: The project root, which the result's path is relative to.
    """
    failed = [quantity for quantity in result.quantities if quantity.outcome is Outcome.FAILED]
    if result.outcome is not Outcome.FAILED or not failed or not result.path or not result.line:
        return result
    try:
        text = decode(read_bytes(str(root / result.path)), result.path).text
    except OSError:
        return result  # the file is gone; the verdict stands without it
    backward = blame.read(text, result.line)
    # Of a module it is the forward, which computes no gradient.
    if backward is None or "forward" in backward.function.name.lower():
        return result
    inputs = [quantity.name for quantity in result.quantities if quantity.role is Role.INPUT]
    values = 1 if backward.returned[:1] and backward.returned[0].lower() in VALUES else 0
    found: dict[str, Blame] = {}
    for quantity in failed:
        is_input = quantity.role is Role.INPUT
        choose = functools.partial(_chosen, quantity.name, is_input=is_input)
        statement = blame.find(backward, choose, values + inputs.index(quantity.name) if is_input else None)
        if statement is not None:
            found[quantity.name] = Blame(
                path=result.path,
                line=statement.line,
                end_line=statement.end_line,
                source=statement.source,
                reason=statement.reason,
                function=statement.function,
            )
    worst = [m.where.partition("[")[0] for m in result.mismatches]
    first = next((name for name in (*worst, *(q.name for q in failed)) if name in found), "")
    line = found[first].line if first else result.line
    return dataclasses.replace(result, blame=found, line=line)


def _chosen(name: str, places: Sequence[str], *, is_input: bool) -> Sequence[str]:
    """The places that by name hold a gradient; a weight that is moved in backward is its own place."""
    if is_input:
        return input_gradients(name, places)
    return [*candidates(name, places), *(place for place in places if place == name)]
