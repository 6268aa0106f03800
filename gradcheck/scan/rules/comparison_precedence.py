"""GRC612: a sum of cases that Python reads as one comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.syntax import plain, without_brackets
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

# The same in code that is laid out anyhow.
_SPACED = re.compile(r"[<>]=?[^()]*\)[\s\\]*\*|\*[\s\\]*\([^()]*[<>]")
_COMMENT = re.compile(r"#[^\n]*")
_COMPARES = re.compile(r"\([^()]*(?:<=?|>=?)[^()]*\)\*|\*\([^()]*(?:<=?|>=?)[^()]*\)")


def _compares(module: Module) -> bool:
    return _SPACED.search(_COMMENT.sub("", module.text)) is not None


def examine(node: SgNode, _module: Module) -> Iterator[Hit]:
    """Find `x > 0 + (x < 0) * a`: the sum is the right side of the comparison."""
    operators = [part.text() for part in node.children() if part.text() in {">", ">=", "<", "<="}]
    parts = node.named_children()
    if len(operators) != 1 or len(parts) != 2:
        return
    right = parts[1]
    operator = right.field("operator") if right.kind() == "binary_operator" else None
    if operator is None or operator.text() not in {"+", "-"} or not _COMPARES.search(plain(right)):
        return
    left = without_brackets(parts[0])
    if left is not None and plain(left) in plain(right):
        yield Hit(
            node=node, message=f"Python reads `{plain(parts[0])}{operators[0]}(...)`: the sum is compared, not added"
        )


RULE = Rule(
    code="GRC612",
    name="comparison_precedence",
    summary="A sum of cases read as one comparison",
    why=(
        "`+` binds tighter than `>`: `x > 0 + (x < 0) * a` is `x > (0 + (x < 0) * a)`, a mask of zeros and "
        "ones instead of a slope."
    ),
    remedy="Put the comparison in parentheses: `(x > 0) + (x < 0) * a`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    worth=_compares,
    needles=(b"0) *", b"0.0) *", b"0)*", b"0.0)*", b"< 0)", b"<= 0)", b"<0)", b"<=0)"),
    kinds=frozenset({"comparison_operator"}),
    examine=examine,
    bad=(
        Example(
            text="""\
def elu_derivative(x, a):
    return x > 0.0 + (x < 0.0) * a * np.exp(x)
"""
        ),
        Example(
            text="""\
class Leaky:
    def backward(self, g):
        return g * (self.x > 0 + (self.x <= 0) * self.slope)
"""
        ),
        Example(
            text="""\
def slope(z):
    return z >= 0 + 0.01 * (z < 0)
"""
        ),
    ),
    good=(
        """\
def elu_derivative(x, a):
    return (x > 0.0) + (x < 0.0) * a * np.exp(x)
""",
        """\
def beyond(x, low, width):
    return x > low + width * 2
""",
        """\
def slope(z):
    return np.where(z >= 0, 1, 0.01)
""",
    ),
)
