"""GRC602: one gradient of a layer divided by the batch and another one not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import DERIVES, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.functions import Function, Statement
    from gradcheck.scan.facts.module import Module

_PRODUCT = re.compile(r"\.dot\(|\bdot\(|@|matmul\(|einsum\(|tensordot\(")
_SUM = re.compile(r"\A(?:1\*)?(?:(?:np|numpy|cp|xp)\.)?(?:sum|mean|average)\(|\.(?:sum|mean)\(")
_BATCH = (
    r"(?:\w*batch\w*|m|n|N|M|B|num_\w+|n_samples|samples|\w+(?:\.\w+)*\.shape\[\w+\]|len\([\w.]+\)|"
    r"self\.(?:m|n|N|batch_size))"
)
_DIVIDED = re.compile(rf"/{_BATCH}(?![\w.\[(*])|\(?1/{_BATCH}\)?\*|\bmean\(|\.mean\(|\baverage\(")
_ANY_SCALE = re.compile(r"/|\*=|mean|average|\b(?:scale|factor|norm\w*|inv_\w+)\b")
_BIAS = re.compile(
    r"(?:\bd\w*b\w*|\bgrad_b\w*|\bb\w*_grad\w*|\bdb|\bbias\w*|\b\w*_b|\[.b.\]|\[1\]|bias\.grad|"
    r"\bb\.grad)\Z",
    re.IGNORECASE,
)
_CONSTANT_ONE = re.compile(r"ones")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a weight gradient and a bias gradient of which one only is a mean over the batch."""
    for name, _, backward in pairs(module):
        found = _unequal(backward)
        if found is not None:
            mean, total = found
            yield Hit(
                node=mean.node,
                message=f"`{mean.target}` of `{name}` is a mean over the batch while `{total.target}` is a sum",
            )


def _unequal(backward: Function) -> tuple[Statement, Statement] | None:
    """The gradient that is a mean and the one that is a sum."""
    if not backward.parameters:
        return None
    statements = [one for one in backward.statements if one.operator in {"=", "+="} and not one.loops]
    weights = [one for one in statements if _is_weight(one)]
    biases = [one for one in statements if _is_bias(one)]
    if len(weights) != 1 or len(biases) != 1:
        return None
    weight, bias = weights[0], biases[0]
    # A factor that stands elsewhere may even things out: then nothing is said.
    others = [one for one in backward.statements if one not in (weight, bias) and one.target != "return"]
    if any(one.target in {weight.target, bias.target} for one in others):
        return None
    if _factors(weight, others) != _factors(bias, others):
        return None
    divided = [bool(_DIVIDED.search(one.value)) for one in (weight, bias)]
    if divided == [False, True] and not _ANY_SCALE.search(weight.value):
        return bias, weight
    if divided == [True, False] and not _ANY_SCALE.search(bias.value):
        return weight, bias
    return None


def _is_weight(statement: Statement) -> bool:
    return (
        bool(_PRODUCT.search(statement.value))
        and ".T" in statement.value
        and bool(re.search(r"[wW](?:eight|\b|_|\d|\.|h|x|\])|kernel|params\[0\]|grads\[0\]", statement.target))
        and not _CONSTANT_ONE.search(statement.value)
    )


def _is_bias(statement: Statement) -> bool:
    return (
        bool(_SUM.search(statement.value))
        and bool(_BIAS.search(statement.target))
        and not _PRODUCT.search(statement.value)
    )


def _factors(statement: Statement, others: list[Statement]) -> frozenset[str]:
    """Scaled local values that a statement uses."""
    scaled = {one.target for one in others if one.target.isidentifier() and _ANY_SCALE.search(one.value + one.operator)}
    return frozenset(name for name in scaled if re.search(rf"\b{name}\b", statement.value))


RULE = Rule(
    code="GRC602",
    name="mean_beside_sum",
    summary="One gradient divided by the batch size beside one that is not",
    why=(
        "Whether a layer averages over the batch is a convention, but then for all of its gradients. With a "
        "mean beside a sum, weights and biases learn with rates that differ by the batch size."
    ),
    remedy="Sum over the batch in both; the division belongs into the loss.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Dense:
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = np.mean(g, axis=0)
        return g @ self.W.T
"""
        ),
        Example(
            text="""\
def dense_backward(dout, x, W):
    dW = np.dot(x.T, dout)
    db = np.sum(dout, axis=0) / x.shape[0]
    return np.dot(dout, W.T), dW, db
"""
        ),
        Example(
            text="""\
class Linear:
    def forward(self, x):
        self.x = x
        return x.dot(self.weight) + self.bias

    def backward(self, delta):
        self.grad_weight = self.x.T.dot(delta) / len(self.x)
        self.grad_bias = delta.sum(axis=0)
        return delta.dot(self.weight.T)
"""
        ),
    ),
    good=(
        """\
class Dense:
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W.T
""",
        """\
def dense_backward(dout, x, W):
    m = x.shape[0]
    dW = np.dot(x.T, dout) / m
    db = np.mean(dout, axis=0)
    return np.dot(dout, W.T), dW, db
""",
        """\
def dense_backward(dout, x, W):
    dout = dout / len(x)
    dW = np.dot(x.T, dout)
    db = np.sum(dout, axis=0)
    return np.dot(dout, W.T), dW, db
""",
    ),
)
