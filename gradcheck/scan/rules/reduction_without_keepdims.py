"""GRC206: the backward of a reduction that does not put the reduced axis back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity, State

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"def (?:sum|mean|reduce_|average|backward)|class \w*(?:Sum|Mean)")
_REDUCTION = re.compile(r"\A(?:sum|mean|reduce_sum|reduce_mean|average)\Z", re.IGNORECASE)
_RESTORES = re.compile(
    r"expand_dims|keepdims=True|reshape|newaxis|unsqueeze|\[.*None.*\]|swapaxes|insert|axis is None|axis==None|not axis"
)
_SPREADS = re.compile(r"ones_like\(|ones\(|broadcast_to\(|full\(|full_like\(|tile\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `ones(shape) * out.grad` in a reduction over an axis."""
    for function in functions_with(module, _WORTH):
        owner = module.class_of(function.node)
        name = owner.field("name") if owner else None
        in_class = name is not None and _REDUCTION.match(name.text()) and function.name == "backward"
        if not (_REDUCTION.match(function.name) or in_class) or _RESTORES.search(function.code):
            continue
        scopes = [function] if in_class else list(function.nested)
        if not in_class and "axis" not in function.parameters and "dim" not in function.parameters:
            continue
        if in_class and owner is not None and not re.search(r"self\.(?:axis|axes|dim)\b", owner.text()):
            continue
        for scope in scopes:
            for one in scope.statements:
                if _SPREADS.search(one.value) and re.search(r"grad|\bg\b|dout", one.value):
                    yield Hit(
                        node=one.node,
                        message=(
                            "the gradient of a reduction is spread without its axis put back: right by "
                            "luck where the array is square"
                        ),
                    )


RULE = Rule(
    code="GRC206",
    name="reduction_without_keepdims",
    summary="The gradient of a reduction broadcast without the reduced axis",
    why=(
        "A sum over axis 1 of (3, 3) leaves (3,), which broadcasts along the other axis: the gradient is "
        "transposed, silently."
    ),
    remedy="Put the axis back first: `np.expand_dims(g, axis)`.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    state=State.PREVIEW,
    needles=(b"def sum", b"def mean", b"class Sum", b"class Mean", b"class ReduceSum"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Tensor:
    def sum(self, axis):
        out = Tensor(self.data.sum(axis))

        def _backward():
            self.grad += np.ones_like(self.data) * out.grad

        out._backward = _backward
        return out
"""
        ),
        Example(
            text="""\
class Sum:
    def forward(self, x):
        self.shape = x.shape
        return x.sum(self.axis)

    def backward(self, g):
        return g * np.ones(self.shape)
"""
        ),
        Example(
            text="""\
def mean(x, axis):
    out = Tensor(x.data.mean(axis))

    def backward(g):
        return np.broadcast_to(g, x.shape) / x.shape[axis]

    return out, backward
"""
        ),
    ),
    good=(
        """\
class Tensor:
    def sum(self, axis):
        out = Tensor(self.data.sum(axis))

        def _backward():
            self.grad += np.ones_like(self.data) * np.expand_dims(out.grad, axis)

        out._backward = _backward
        return out
""",
        """\
class Tensor:
    def sum(self):
        out = Tensor(self.data.sum())

        def _backward():
            self.grad += np.ones_like(self.data) * out.grad

        out._backward = _backward
        return out
""",
        """\
class Sum:
    def forward(self, x):
        self.shape = x.shape
        return x.sum(self.axis, keepdims=True)

    def backward(self, g):
        return g + np.zeros(self.shape)
""",
    ),
)
