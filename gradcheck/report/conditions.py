"""The small language of `gradcheck compare --fail`: facts of a change, numbers, comparisons, and, or, not.

`new_failure or error_ratio >= 10 and not vanished`: Python's own grammar and precedence, of which nothing else is let
in, so that reading an expression can run nothing.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.cases.declaring.validation import nearest
from gradcheck.errors import UsageError

Facts = Mapping[str, float]
#: An expression that is longer was not written by a person, and is refused before it is read.
LONGEST = 1000
COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def parsed(expression: str, known: Mapping[str, str]) -> Callable[[Facts], bool]:
    """An expression as a function of facts.

    Args:
        expression: As typed.
        known: Name of each fact to what it says.

    Raises:
        UsageError: It is none; the message names the part that is not understood and the closest that is.
    """
    if len(expression) > LONGEST:
        raise UsageError(f"--fail: {len(expression)} characters are too many; at most {LONGEST}")
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UsageError(
            f"--fail: {expression!r} is no expression such as `new_failure or error_ratio >= 10`"
        ) from error
    value = _value(tree.body, expression, known)
    return lambda facts: bool(value(facts))


def _value(node: ast.expr, whole: str, known: Mapping[str, str]) -> Callable[[Facts], Any]:
    match node:
        case ast.Name(id=name) if name in known:
            return lambda facts: facts[name]
        case ast.Constant(value=number) if isinstance(number, int | float) and not isinstance(number, bool):
            return lambda _: number
        case ast.BoolOp(op=op, values=parts):
            inner = [_value(part, whole, known) for part in parts]
            together = all if isinstance(op, ast.And) else any
            return lambda facts: together(one(facts) for one in inner)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            negated = _value(part, whole, known)
            return lambda facts: not negated(facts)
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in COMPARISONS for op in ops):
            sides = [_value(part, whole, known) for part in (left, *others)]
            tests = [COMPARISONS[type(op)] for op in ops]
            return lambda facts: all(
                test(one(facts), next_one(facts)) for test, one, next_one in zip(tests, sides, sides[1:], strict=False)
            )
    written = ast.get_source_segment(whole.strip(), node) or whole
    close = nearest(written, known) if isinstance(node, ast.Name) else ""
    raise UsageError(f"--fail: {written!r} is not understood{close}; known are {', '.join(known)}, numbers, and/or/not")
