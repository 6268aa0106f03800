"""GRC505: a recursive backward that hands on what has been added up so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import layers
from gradcheck.scan.facts.syntax import plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity, State

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ORDERED = re.compile(
    r"topo|visited|seen|sort|reversed|count|pending|ready|stack|queue|deps|num_|heap|generation|all_children"
)
_PARENTS = re.compile(
    r"self\.(?:_?prev\w*|_?parents?|_?children|_?creators|_?inputs?|_?srcs?|_?depends_on|_?args|_?operands|_?left|_?right|a|b|lhs|rhs)\b"
)
_CALL = re.compile(r"\.(_?back\w*)\(([^()]*(?:\([^()]*\)[^()]*)*)\)")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a tape's backward that calls itself on the parents after its own gradient was added to."""
    for layer in layers(module):
        for name in ("backward", "backprop"):
            method = layer.methods.get(name)
            if method is None or _ORDERED.search(method.code) or not ({"__add__", "__mul__"} & layer.methods.keys()):
                continue
            pushes = [
                one
                for one in method.statements
                for match in _CALL.finditer(one.value)
                if match[1] == name
                and not one.value.startswith("super")
                and (not match[2] or "self.grad" in match[2])
                and (
                    _PARENTS.search(one.value) or any(_PARENTS.search(plain(loop.field("right"))) for loop in one.loops)
                )
            ]
            if pushes:
                yield Hit(
                    node=pushes[0].node,
                    message=f"`{layer.name}.{name}` hands its gradient on at each visit, before all of it has arrived",
                )


RULE = Rule(
    code="GRC505",
    name="backward_not_topological",
    summary="A recursive backward that ignores the order of the graph",
    why=(
        "A value used twice is visited twice, and hands on its accumulated gradient each time: what came "
        "first is counted again."
    ),
    remedy=(
        "Sort the graph first and visit each node once, after all that use it: `for node in reversed(order): "
        "node._backward()`."
    ),
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    state=State.PREVIEW,
    needles=(b"def back",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Value:
    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def backward(self):
        self._bw()
        [p.backward() for p in self._prev]
"""
        ),
        Example(
            text="""\
class Tensor:
    def __mul__(self, other):
        return Tensor(self.data * other.data, self, other)

    def backward(self, grad):
        self.grad += grad
        self.left.backward(self.grad * self.right.data)
        self.right.backward(self.grad * self.left.data)
"""
        ),
        Example(
            text="""\
class Node:
    def __add__(self, other):
        return Node(self, other)

    def backward(self):
        self.spread()
        for parent in self.parents:
            parent.backward()
"""
        ),
    ),
    good=(
        """\
class Value:
    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def backward(self):
        for node in reversed(topo(self)):
            node._bw()
""",
        """\
class Tensor:
    def __mul__(self, other):
        return Tensor(self.data * other.data, self, other)

    def backward(self, grad):
        self.grad += grad
        self.left.backward(grad * self.right.data)
        self.right.backward(grad * self.left.data)
""",
        """\
class Chain:
    def backward(self):
        for layer in self.layers:
            layer.backward()
""",
    ),
)
