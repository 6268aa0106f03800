"""GRC202: `.T` in the backward of a product of matrices that may have batch axes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\.T\b")
_PRODUCT = re.compile(r"\A(?:__matmul__|matmul|mat_mul|batch_?matmul|bmm|__rmatmul__)\Z", re.IGNORECASE)
_GENERAL = re.compile(r"(?:np|numpy)\.matmul\(|@|einsum\(")
_MATRIX = re.compile(r"ndim|len\([\w.]+\.shape\)|swapaxes|\.dim\b|\.mT\b")
_TRANSPOSED = re.compile(r"[\w\])]\.T\b(?!\()")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `.T` of an operand in the closures of a `matmul` that takes any rank."""
    if module.imports("torch"):
        return
    for function in functions_with(module, _WORTH):
        if not _PRODUCT.match(function.name) or _MATRIX.search(function.code) or not _GENERAL.search(function.code):
            continue
        for closure in function.nested:
            for one in closure.statements:
                if _TRANSPOSED.search(one.value) and _GENERAL.search(one.value):
                    yield Hit(
                        node=one.node,
                        message=(
                            f"`.T` turns all axes round, those of the batch too, and `{function.name}` takes any rank"
                        ),
                    )


RULE = Rule(
    code="GRC202",
    name="transposed_batched",
    summary="`.T` where operands may have batch axes",
    why=(
        "`.T` of (batch, rows, columns) is (columns, rows, batch): the backward of a batched product fails, "
        "or on cubes gives wrong numbers."
    ),
    remedy="Write `np.swapaxes(a, -2, -1)`.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    needles=(b"def matmul", b"def __matmul__", b"def bmm", b"def batch_matmul", b"def __rmatmul__"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Tensor:
    def __matmul__(self, other):
        out = Tensor(self.data @ other.data)

        def _backward():
            self.grad += out.grad @ other.data.T

        out._backward = _backward
        return out
"""
        ),
        Example(
            text="""\
def matmul(a, b):
    out = Tensor(np.matmul(a.data, b.data))

    def backward(g):
        return np.matmul(g, b.data.T), np.matmul(a.data.T, g)

    out.grad_fn = backward
    return out
"""
        ),
        Example(
            text="""\
def bmm(a, b):
    out = Tensor(a.data @ b.data)

    def grad_b():
        b.grad += a.data.T @ out.grad

    out.add(grad_b)
    return out
"""
        ),
    ),
    good=(
        """\
class Tensor:
    def __matmul__(self, other):
        out = Tensor(self.data @ other.data)

        def _backward():
            self.grad += out.grad @ np.swapaxes(other.data, -2, -1)

        out._backward = _backward
        return out
""",
        """\
def matmul(a, b):
    assert a.ndim == 2
    out = Tensor(a.data @ b.data)

    def backward(g):
        return g @ b.data.T

    return out, backward
""",
        """\
class Dense:
    def backward(self, g):
        self.dW = self.x.T @ g
        return g @ self.W.T
""",
    ),
)
