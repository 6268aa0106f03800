"""GRC106: one array as the gradient of two tensors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity, State

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


_WORTH = re.compile(r"\.grad\s*=")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find two gradients bound to one name in one function that adds in place somewhere in the file."""
    if not re.search(r"\.grad\s*(?:\[[^\]\n]*\]\s*)?\+=", module.text):
        return
    for function in functions_with(module, _WORTH):
        bound: dict[str, str] = {}
        for one in function.statements:
            if one.operator != "=" or not one.target.endswith(".grad"):
                continue
            if not re.fullmatch(r"[A-Za-z_]\w*(?:\.grad)?", one.value) or one.value == "None":
                continue
            first = bound.setdefault(one.value, one.target)
            if first != one.target and not one.conditions:
                yield Hit(
                    node=one.node,
                    message=f"`{one.target}` is the same array as `{first}`: what is added to one is added to both",
                )


RULE = Rule(
    code="GRC106",
    name="shared_grad_array",
    summary="One array stored as the gradient of two tensors",
    why=("Gradients are added in place elsewhere: the second tensor receives what was meant for the first."),
    remedy="Copy for the second: `b.grad = g.copy()`.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    state=State.PREVIEW,
    needles=(b".grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
def add_backward(a, b, g):
    a.grad = g
    b.grad = g


def mul_backward(a, g):
    a.grad += g
"""
        ),
        Example(
            text="""\
def _backward(self, other, out):
    self.grad = out.grad
    other.grad = out.grad


def more(x, g):
    x.grad += g
"""
        ),
        Example(
            text="""\
class Add:
    def backward(self, g):
        self.a.grad = g
        self.b.grad = g
        self.c.grad += g
"""
        ),
    ),
    good=(
        """\
def add_backward(a, b, g):
    a.grad = g
    b.grad = g.copy()


def mul_backward(a, g):
    a.grad += g
""",
        """\
def add_backward(a, b, g):
    a.grad = g
    b.grad = g


def mul_backward(a, g):
    a.grad = a.grad + g
""",
        """\
def clear(a, b, g):
    a.grad = None
    b.grad = None
    a.grad += g
""",
    ),
)
