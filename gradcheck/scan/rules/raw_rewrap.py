"""GRC001: a new tensor made of the plain array of a tracked one."""

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
    """Find new tensors around raw arrays that leave their function without an edge."""
    for flow in flows_of(module):
        if flow.kind is Kind.WRAPPED and not is_told_apart(flow, module):
            yield Hit(
                node=flow.node,
                message=f"`{flow.function.name}` makes a new tensor of raw data: backward stops here",
                steps=flow.steps,
            )


RULE = Rule(
    code="GRC001",
    name="raw_rewrap",
    summary="A new tensor made of the raw array of a tracked tensor",
    why=(
        "The new tensor has no edge to the one its values came from. Backward stops at it without an error, and "
        "everything before it gets no gradient."
    ),
    remedy=(
        "Compute with the tensors themselves, through operations that record their backward; or attach the backward of "
        "this operation to the result."
    ),
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text="def softplus(x):\n    return Tensor(np.log1p(np.exp(x.data)))\n"),
        Example(
            text=(
                "class SelfAttention:\n    def forward(self, q, k, v):\n        scores = q.data @ k.data\n"
                "        weights = scores / scores.sum(axis=-1)\n        return Tensor(weights) @ v\n"
            )
        ),
        Example(
            text=(
                "def join(xs):\n    rows = []\n    for x in xs:\n        rows.append(x.data)\n"
                "    return Tensor(np.stack(rows))\n"
            )
        ),
    ),
    good=(
        "def softplus(x):\n    return (x.exp() + 1.0).log()\n",
        (
            "def exp(x):\n    out = Tensor(np.exp(x.data))\n\n    def _backward():\n"
            "        x.grad += out.data * out.grad\n\n    out._backward = _backward\n    return out\n"
        ),
        "def predict(model, x):\n    return Tensor(model(x).data.argmax(axis=1))\n",
        "def add(x, y):\n    return Tensor(x.data + y.data, (x, y), '+')\n",
    ),
)
