"""GRC503: a backward closure that nothing refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\n[ \t]+def _*(?:backward|grad_f|bwd|vjp|backprop)")
_CLOSURE = re.compile(r"\A_*(?:backward|backward_fn|backward_func|grad_fn|grad_func|bwd|vjp|backprop)_*\Z")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a nested backward whose name occurs nowhere but in its definition."""
    for function in functions_with(module, _WORTH):
        # What a file defines below a condition is no closure, and others may import it.
        for closure in function.nested if function.name else ():
            if not _CLOSURE.match(closure.name) or closure.decorators or closure.is_stub or "locals()" in function.code:
                continue
            rest = function.node.text().replace(closure.node.text(), "", 1)
            mentioned = re.search(rf"(?<![\w.]){re.escape(closure.name)}(?!\w|\s*=[^=])", rest)
            if mentioned is None or _is_attribute_only(closure.name, rest):
                yield Hit(
                    node=closure.node.field("name") or closure.node,
                    message=(
                        f"`{closure.name}` is defined in `{function.name}` and attached to nothing: the "
                        f"result has no way back"
                    ),
                )


def _is_attribute_only(name: str, rest: str) -> bool:
    """Whether every mention is a comment."""
    code = "\n".join(line.partition("#")[0] for line in rest.split("\n"))
    return re.search(rf"(?<![\w.]){re.escape(name)}(?!\w|\s*=[^=])", code) is None


RULE = Rule(
    code="GRC503",
    name="closure_not_attached",
    summary="A backward closure that is never attached",
    why=(
        "The operation computes its result and forgets how to differentiate it: the gradient stops here "
        "without an error."
    ),
    remedy="Attach it before the result is returned: `out._backward = _backward`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(
        b"def _backward",
        b"def backward",
        b"def grad_f",
        b"def _grad_f",
        b"def bwd",
        b"def vjp",
        b"def backprop",
        b"def _bwd",
        b"def _vjp",
    ),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Value:
    def exp(self):
        out = Value(exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad

        return out
"""
        ),
        Example(
            text="""\
def tanh(x):
    y = Tensor(np.tanh(x.data))

    def backward(g):
        x.grad += g * (1 - y.data**2)

    return y
"""
        ),
        Example(
            text="""\
def relu(x):
    y = Tensor(x.data * (x.data > 0), parents=[x])

    def grad_fn(g):
        return g * (x.data > 0)

    # y.grad_fn = grad_fn
    return y
"""
        ),
    ),
    good=(
        """\
class Value:
    def exp(self):
        out = Value(exp(self.data), (self,))

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out
""",
        """\
def tanh(x):
    y = np.tanh(x)

    def vjp(g):
        return g * (1 - y**2)

    return y, vjp
""",
        """\
def relu(x):
    def backward(g):
        return g * (x.data > 0)

    return Tensor(x.data * (x.data > 0), parents=[x], backward=backward)
""",
    ),
)
