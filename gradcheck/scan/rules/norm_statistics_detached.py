"""GRC615: a normalisation whose backward takes mean and deviation for constants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_NORM = re.compile(r"(?:batch|layer|instance|group)_?norm", re.IGNORECASE)
_MEAN = re.compile(r"(?:np|numpy)\.mean\(|\.mean\(")
_SPREAD = re.compile(r"(?:np|numpy)\.(?:var|std)\(|\.(?:var|std)\(")
# What a gradient through the statistics cannot do without, the two sums of gamma and beta left aside.
_REDUCES = re.compile(
    r"sum\(|mean\(|@|dot\(|einsum\(|add\.reduce|self\.\w+\(|super\(|matmul|average|\b[a-z_]+_backward\("
)
_PARAMETER = re.compile(
    r"gamma|beta|weight|bias|scale|shift|\bdW\b|\bdb\b|grads?\[|\.grad\b|dLdB[Wb]|dLdb|dLdW|_g\b|_b\b", re.IGNORECASE
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a backward in which the input's gradient is summed over nothing."""
    for layer in paired(module):
        if not _NORM.search(layer.name) or layer.pair is None:
            continue
        forward, backward = layer.pair
        if not (_MEAN.search(forward.code) and _SPREAD.search(forward.code)) or not backward.parameters:
            continue
        rest = [one for one in backward.statements if not _PARAMETER.search(one.target)]
        sums = [
            one.target for one in backward.statements if _PARAMETER.search(one.target) and _REDUCES.search(one.value)
        ]
        through = any(re.search(rf"(?<![\w.]){re.escape(total)}(?!\w)", one.value) for total in sums for one in rest)
        if (
            through
            or any(_REDUCES.search(one.value) for one in rest)
            or not backward.returns
            or "raise" in backward.code
        ):
            continue
        last = backward.returns[-1]
        if last.value and last.value != "None" and re.search(r"\*|/", " ".join(one.value for one in rest)):
            yield Hit(
                node=last.node,
                message=f"the backward of `{layer.name}` leaves out what flows through mean and deviation",
            )


RULE = Rule(
    code="GRC615",
    name="norm_statistics_detached",
    summary="A normalisation differentiated as if its statistics were constants",
    why=(
        "Mean and deviation depend on every entry: their shares are two sums over the normalised axes. "
        "Without them the gradient has a direction that the output cannot even move in."
    ),
    remedy=("Write dx = (dx_hat - mean(dx_hat) - x_hat * mean(dx_hat * x_hat)) / std with dx_hat = g * gamma."),
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class BatchNorm1d:
    def forward(self, x):
        self.x_hat = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
        return self.gamma * self.x_hat

    def backward(self, grad):
        return grad * self.gamma
"""
        ),
        Example(
            text="""\
class LayerNorm:
    def forward(self, x):
        self.std = x.std(-1, keepdims=True)
        self.x_hat = (x - x.mean(-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, g):
        self.dgamma = (g * self.x_hat).sum(axis=0)
        self.dbeta = g.sum(axis=0)
        return g * self.gamma / self.std
"""
        ),
        Example(
            text="""\
class BatchNorm:
    def forward(self, x):
        mu = np.mean(x, axis=0)
        var = np.var(x, axis=0)
        self.std = np.sqrt(var + self.eps)
        return (x - mu) / self.std * self.gamma

    def backward(self, dout):
        dx = dout * self.gamma / self.std
        return dx
"""
        ),
    ),
    good=(
        """\
class LayerNorm:
    def forward(self, x):
        self.std = x.std(-1, keepdims=True)
        self.x_hat = (x - x.mean(-1, keepdims=True)) / self.std
        return self.gamma * self.x_hat

    def backward(self, g):
        h = g * self.gamma
        h = h - h.mean(-1, keepdims=True) - self.x_hat * (h * self.x_hat).mean(-1, keepdims=True)
        return h / self.std
""",
        """\
class BatchNorm:
    def forward(self, x):
        return (x - x.mean(0)) / x.std(0)

    def backward(self, g):
        return self.through_statistics(g)
""",
        """\
class FrozenBatchNorm:
    def forward(self, x):
        return (x - self.running_mean) / self.running_std

    def backward(self, g):
        return g / self.running_std
""",
    ),
)
