"""GRC601: the derivative of softmax taken entry by entry, `p * (1 - p)`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_SOFTMAX = re.compile(r"(?<!log)(?<!log_)softmax", re.IGNORECASE)
_OTHER = re.compile(r"entropy|loss|nll|attention|regression|classifier|network", re.IGNORECASE)
_FORMULA = re.compile(
    r"(?<![\w.\])])([\w.]+(?:\([\w.,=-]*\))?)\*\(1-\1\)|\(1-([\w.]+(?:\([\w.,=-]*\))?)\)\*\2(?![\w.])"
)
# What brings the other entries of the row in: a sum, a product of matrices, the two cases of the Jacobian.
_COUPLED = re.compile(r"sum|diag|eye|dot|matmul|einsum|outer|@|==|!=|delta|identity|jacobian|mean", re.IGNORECASE)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `p * (1 - p)` in the backward of a softmax that nothing couples across the row."""
    for name, _, backward in pairs(module):
        if not _SOFTMAX.search(name) or _OTHER.search(name) or _COUPLED.search(backward.code):
            continue
        for statement in backward.statements:
            if _FORMULA.search(statement.value):
                yield Hit(
                    node=statement.node,
                    message=f"the backward of `{name}` keeps the diagonal of the Jacobian only: `p * (1 - p)`",
                )


RULE = Rule(
    code="GRC601",
    name="softmax_elementwise",
    summary="A softmax differentiated entry by entry",
    why=(
        "Every output of a softmax depends on every input of its row: dx = p (g - sum(g p)). `p (1 - p)` is "
        "the sigmoid's derivative and leaves out all entries beside the diagonal."
    ),
    remedy="Write `p * (g - (g * p).sum(axis=-1, keepdims=True))`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"oftmax", b"SOFTMAX"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Softmax:
    def forward(self, x):
        e = np.exp(x)
        self.p = e / e.sum()
        return self.p

    def backward(self, g):
        return g * self.p * (1 - self.p)
"""
        ),
        Example(
            text="""\
def softmax_derivative(x):
    p = softmax(x)
    return p * (1.0 - p)
"""
        ),
        Example(
            text="""\
def softmax_backward(dA, Z):
    s = softmax(Z)
    dZ = dA * (1 - s) * s
    return dZ
"""
        ),
    ),
    good=(
        """\
class Softmax:
    def forward(self, x):
        self.p = normalise(np.exp(x))
        return self.p

    def backward(self, g):
        return self.p * (g - (g * self.p).sum(axis=-1, keepdims=True))
""",
        """\
def sigmoid_derivative(x):
    p = sigmoid(x)
    return p * (1 - p)
""",
        """\
def softmax_grad(p):
    jacobian = np.diag(p)
    for i in range(len(p)):
        for j in range(len(p)):
            jacobian[i, j] = p[i] * (1 - p[i]) if i == j else -p[i] * p[j]
    return jacobian
""",
    ),
)
