"""GRC002: a new leaf that looks tracked, since it copied the flag of the tensor it was made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find new leaves around raw arrays with a copied flag."""
    for flow in flows_of(module):
        if flow.kind is Kind.COPIED and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.function.name}` copies `requires_grad` and no edge: the result is a new leaf",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC002",
    name="copied_requires_grad",
    summary="A new leaf with the `requires_grad` of the tensor its data came from",
    why=(
        "The flag looks right, so nothing complains; but a new leaf has no edge back. Backward gives it a gradient and "
        "goes no further: the tensor the data came from keeps None."
    ),
    remedy="Do not copy the flag: compute with the tensors themselves, or attach parents and backward to the result.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"requires",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text="def residual(x, r):\n    return Tensor(x.data + r.data, requires_grad=x.requires_grad)\n"),
        Example(
            text=(
                "class DropPath:\n    def forward(self, x):\n        keep = np.random.rand(*x.shape) > self.p\n"
                "        y = Tensor(x.data * keep, requires_grad=x.requires_grad)\n        return y\n"
            )
        ),
        Example(
            text=(
                "def scale(x, gate):\n    flag = x.requires_grad or gate.requires_grad\n"
                "    return Tensor(x.data * gate.data, requires_grad=flag)\n"
            )
        ),
    ),
    good=(
        "def residual(x, r):\n    return x + r\n",
        "def leaf(shape, flag):\n    return Tensor(np.zeros(shape), requires_grad=flag)\n",
        (
            "def add(x, y):\n    out = Tensor(x.data + y.data, requires_grad=x.requires_grad)\n    out._prev = (x, y)\n"
            "    return out\n"
        ),
    ),
)
