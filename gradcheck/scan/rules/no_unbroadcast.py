"""GRC205: an operation of two arrays whose backward never reduces to an operand's shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_BINARY = ("__add__", "__sub__", "__mul__", "__truediv__", "add", "mul", "sub", "div")
_REDUCES = re.compile(
    r"broadcast|sum\(|sum_to|reduce|reshape|shape|expand|squeeze|mean\(|accumulate|_acc|add_grad|match", re.IGNORECASE
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a tensor of arrays with `self.grad += out.grad` in an operation that broadcasts."""
    if not module.imports("numpy") and not module.imports("cupy"):
        return
    for layer in layers(module):
        if "backward" in layer.methods and not _reduces_centrally(layer):
            yield from _operations(layer)


def _reduces_centrally(layer: Layer) -> bool:
    """Whether the pass through the graph, or the setter of the gradient, mends shapes for all operations."""
    return any(
        _REDUCES.search(
            layer.methods[name].code.replace("ones_like", "").replace("self.data.shape", "").replace("self.shape", "")
        )
        for name in ("backward", "_accumulate", "grad")
        if name in layer.methods
    )


def _operations(layer: Layer) -> Iterator[Hit]:
    for name in _BINARY:
        method = layer.methods.get(name)
        if method is None or _REDUCES.search(method.code):
            continue
        for closure in method.nested:
            for one in closure.statements:
                if (
                    one.target.endswith("self.grad")
                    and one.operator in {"+=", "="}
                    and "grad" in one.value.replace("self.grad", "")
                ):
                    yield Hit(
                        node=one.node,
                        message=(
                            f"`{name}` broadcasts its operands, and the gradient is never summed back to their shapes"
                        ),
                    )


RULE = Rule(
    code="GRC205",
    name="no_unbroadcast",
    summary="A broadcasting operation whose backward never reduces the gradient",
    why=(
        "Where an operand was stretched, each copy receives a gradient, and the operand's is their sum. "
        "Otherwise the gradient of a bias has the shape of the batch."
    ),
    remedy=(
        "Sum the gradient over the axes that were stretched before it is added: `self.grad += unbroadcast(g, "
        "self.shape)`."
    ),
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=(b"def __add__", b"def __mul__", b"def __sub__", b"def add(", b"def mul("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import numpy as np


class Tensor:
    def __add__(self, other):
        out = Tensor(self.data + other.data)

        def _backward():
            self.grad += out.grad

        out._backward = _backward
        return out

    def backward(self):
        self.grad = np.ones_like(self.data)
"""
        ),
        Example(
            text="""\
import numpy as np


class Tensor:
    def __mul__(self, other):
        out = Tensor(self.data * other.data)

        def _backward():
            self.grad += other.data * out.grad

        out._backward = _backward
        return out

    def backward(self):
        self.grad = np.ones_like(self.data)
"""
        ),
        Example(
            text="""\
import numpy as np


class Tensor:
    def __sub__(self, other):
        out = Tensor(self.data - other.data)

        def _backward():
            self.grad += 1.0 * out.grad

        out._backward = _backward
        return out

    def backward(self):
        self.grad = np.ones_like(self.data)
"""
        ),
    ),
    good=(
        """\
import numpy as np


class Tensor:
    def __add__(self, other):
        out = Tensor(self.data + other.data)

        def _backward():
            self.grad += unbroadcast(out.grad, self.shape)

        out._backward = _backward
        return out

    def backward(self):
        self._backward()
""",
        """\
import math


class Value:
    def __add__(self, other):
        out = Value(self.data + other.data)

        def _backward():
            self.grad += out.grad

        out._backward = _backward
        return out

    def backward(self):
        self._backward()
""",
        """\
import numpy as np


class Tensor:
    def relu(self):
        out = Tensor(np.maximum(self.data, 0))

        def _backward():
            self.grad += (out.data > 0) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        self._backward()
""",
    ),
)
