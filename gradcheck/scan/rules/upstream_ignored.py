"""GRC618: an activation's backward that never looks at the gradient it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ACTIVATION = re.compile(
    r"sigmoid|tanh|relu|gelu|elu|softplus|swish|mish|softsign|dropout|dense|linear|affine|conv|pool|norm|flatten|reshape",
    re.IGNORECASE,
)
_LOSS = re.compile(r"loss|entropy|error|cost|criterion|mse|softmax|output|identity|straight|fused", re.IGNORECASE)
_GRADIENT = re.compile(r"\A(?:dout|dvalues|grad\w*|\w*_grad\w*|upstream\w*|delta|d[A-Z]|dL\w+|dy|dz|da)\Z")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a layer whose backward has one gradient among its parameters and returns something else."""
    for layer in paired(module):
        if layer.pair is None or not _ACTIVATION.search(layer.name) or _LOSS.search(layer.name):
            continue
        forward, backward = layer.pair
        given = backward.parameters[0] if backward.parameters else ""
        if not _GRADIENT.match(given) or backward.required > 1 or given in forward.parameters:
            continue
        if re.search(rf"(?<![\w.]){re.escape(given)}\b|locals\(|super\(", backward.code):
            continue
        last = backward.returns[-1] if backward.returns else None
        if (
            last is not None
            and re.search(r"[*/]|self\.", last.value)
            and re.search(r"\*|/|exp|where|tanh", backward.code)
        ):
            yield Hit(
                node=last.node, message=f"the backward of `{layer.name}` never uses `{given}`: the chain ends here"
            )


RULE = Rule(
    code="GRC618",
    name="upstream_ignored",
    summary="A layer's backward that ignores the upstream gradient",
    why=(
        "What comes back is the slope of this layer alone, as if it were the last: everything that the later "
        "layers and the loss have to say is lost."
    ),
    remedy="Multiply by the upstream gradient.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return self.y * (1 - self.y)
"""
        ),
        Example(
            text="""\
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output):
        dx = 1 - self.y**2
        return dx * 1.0
"""
        ),
        Example(
            text="""\
class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, grad):
        return np.where(self.x > 0, 1.0, 0.0)
"""
        ),
    ),
    good=(
        """\
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)
""",
        """\
class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, x):
        y = self.forward(x)
        return y * (1 - y)
""",
        """\
class SigmoidLoss:
    def forward(self, x, t):
        self.y, self.t = sigmoid(x), t
        return loss(self.y, t)

    def backward(self, dout=1):
        return (self.y - self.t) / len(self.t)
""",
    ),
)
