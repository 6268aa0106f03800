"""GRC621: the derivative of a squared error without its factor 2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_SQUARED = re.compile(r"mse|mean_?squared?|squared_?error|l2_?loss", re.IGNORECASE)
_SQUARES = re.compile(r"\*\*2|square\(|power\([^()]*(?:\([^()]*\))?[^()]*,2\)")
# A factor or a half, in whatever form.
_FACTOR = re.compile(r"(?<![\w*])2(?![\w])|(?<!\*\*)2\*|/2|\*2|0\.5|half|factor|scale|weight|reduction")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a mean of squares without a half, and a difference without a 2."""
    for layer in paired(module):
        if layer.pair is None or not _SQUARED.search(layer.name):
            continue
        forward, backward = layer.pair
        squares = len(_SQUARES.findall(forward.code)) == 1
        rest = re.sub(r"\*\*2|power\(.*?,2\)", "", forward.code)
        if (
            not squares
            or _FACTOR.search(rest)
            or _FACTOR.search(backward.code)
            or re.search(r"self\.\w+\(|sqrt", backward.code + forward.code)
        ):
            continue
        for one in backward.returns:
            value = {part.target: part.value for part in backward.statements if part.target.isidentifier()}.get(
                one.value, one.value
            )
            if re.fullmatch(r"-?\(?(?:\([\w.]+-[\w.]+\)|self\.(?:diff|error)\w*)(?:/[\w.()\[\]]+)\)?", value):
                yield Hit(
                    node=one.node,
                    message=f"the forward of `{layer.name}` squares without a half, its backward has no factor 2",
                )


RULE = Rule(
    code="GRC621",
    name="squared_error_factor",
    summary="A squared error differentiated without the factor 2",
    why=(
        "The derivative of d ** 2 is 2 d. Without the 2, or without a half in forward, the gradient is that "
        "of half the loss."
    ),
    remedy="Put the 2 into backward, or a half into forward.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.mean((pred - target) ** 2)

    def backward(self):
        return (self.pred - self.target) / self.pred.size
"""
        ),
        Example(
            text="""\
class MeanSquaredError:
    def forward(self, p, t):
        self.diff = p - t
        return np.mean(self.diff**2)

    def backward(self):
        return self.diff / self.diff.size
"""
        ),
        Example(
            text="""\
class MSE:
    def forward(self, p, t):
        return np.mean(np.square(p - t))

    def backward(self, p, t):
        grad = (p - t) / len(p)
        return grad
"""
        ),
    ),
    good=(
        """\
class MSELoss:
    def forward(self, pred, target):
        return np.mean((pred - target) ** 2)

    def backward(self, pred, target):
        return 2 * (pred - target) / pred.size
""",
        """\
class MSELoss:
    def forward(self, pred, target):
        return 0.5 * np.mean((pred - target) ** 2)

    def backward(self, pred, target):
        return (pred - target) / pred.size
""",
        """\
class MSELoss:
    def forward(self, pred, target):
        return np.sum((pred - target) ** 2) / (2 * len(pred))

    def backward(self, pred, target):
        return (pred - target) / len(pred)
""",
    ),
)
