"""GRC614: the backward of a softmax divided by the batch size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ACTIVATION = re.compile(
    r"\A(?:log_?)?softmax(?!.*(?:loss|entropy|regress|classif|output|with|and))"
    r"|\A(?:sigmoid|tanh|relu|leaky_?relu|gelu|elu|softplus|swish)(?:_?(?:layer|activation|function))?\Z",
    re.IGNORECASE,
)
_BATCH = re.compile(r"/(?:self\.)?(?:batch_size|n_samples|num_samples|len\(\w+\)|[\w.]+\.shape\[0\]|N|m)(?![\w.\[(])")
_MEAN = re.compile(r"/(?:self\.)?(?:batch_size|n_samples|num_samples)|mean\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a division by the batch size in the backward of an activation whose forward has none."""
    for layer in paired(module):
        if not _ACTIVATION.match(layer.name) or layer.pair is None:
            continue
        forward, backward = layer.pair
        if _MEAN.search(forward.code):
            continue
        sizes = {
            one.target for one in backward.statements if re.fullmatch(r"[\w.]+\.shape\[0\]|len\([\w.]+\)", one.value)
        }
        given = "|".join(re.escape(one) for one in sizes if one.isidentifier())
        divided = re.compile(rf"{_BATCH.pattern}{'|/(?:' + given + ')(?![' + chr(92) + 'w.])' if given else ''}")
        for one in backward.statements:
            if divided.search(one.value) and (one.target == "return" or re.search(r"grad|\Ad|dx", one.target)):
                yield Hit(
                    node=one.node,
                    message=f"`{layer.name}` divides its gradient by the batch size, its forward divides by none",
                )


RULE = Rule(
    code="GRC614",
    name="activation_divided_by_batch",
    summary="The gradient of an activation divided by the batch size",
    why=(
        "The loss averages over the batch. An activation that does so again shrinks the gradient of every "
        "layer below it."
    ),
    remedy="Leave the division to the loss.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Softmax:
    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, grad):
        batch_size = self.p.shape[0]
        inner = (grad * self.p).sum(axis=1, keepdims=True)
        return self.p * (grad - inner) / batch_size
"""
        ),
        Example(
            text="""\
class LogSoftmax:
    def forward(self, x):
        self.x = x
        return x - logsumexp(x)

    def backward(self, g):
        return (g - softmax(self.x) * g.sum(1, keepdims=True)) / g.shape[0]
"""
        ),
        Example(
            text="""\
class Sigmoid:
    def forward(self, x):
        self.y = expit(x)
        return self.y

    def backward(self, g):
        dx = g * self.y * (1 - self.y) / len(g)
        return dx
"""
        ),
    ),
    good=(
        """\
class Softmax:
    def forward(self, x):
        self.p = softmax(x)
        return self.p

    def backward(self, grad):
        return self.p * (grad - (grad * self.p).sum(axis=1, keepdims=True))
""",
        """\
class SoftmaxCrossEntropy:
    def forward(self, x, t):
        self.p, self.t = softmax(x), t
        return loss(self.p, t)

    def backward(self, g):
        return (self.p - self.t) / self.t.shape[0]
""",
        """\
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, g):
        return g * self.y * (1 - self.y)
""",
    ),
)
