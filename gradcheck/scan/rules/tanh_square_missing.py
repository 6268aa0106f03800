"""GRC616: the derivative of tanh written `1 - y`, without the square."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_TANH = re.compile(r"(?:np|numpy|math|cp)\.tanh\(\w+\)")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `1 - y` in the backward of a layer whose forward keeps y = tanh(x)."""
    if "tanh" not in module.text:
        return
    for layer in paired(module):
        if layer.pair is None:
            continue
        forward, backward = layer.pair
        named = {one.target: one.value for one in forward.statements if one.operator == "="}
        kept = [
            name
            for name, value in named.items()
            if name.startswith("self.") and _TANH.fullmatch(named.get(value, value))
        ]
        for output in kept:
            bare = re.compile(rf"(?<![\w.)\]*])\(1-{re.escape(output)}\)(?!\*\*)")
            squared = re.compile(
                rf"{re.escape(output)}\*\*|square|power|1\+{re.escape(output)}|{re.escape(output)}\*|\*{re.escape(output)}(?!\w)"
            )
            for one in backward.statements:
                if bare.search(f"*{one.value}".replace("*(1-", " (1-")) and not squared.search(backward.code):
                    yield Hit(
                        node=one.node, message=f"the derivative of tanh is 1 - y ** 2, and `{layer.name}` has 1 - y"
                    )


RULE = Rule(
    code="GRC616",
    name="tanh_square_missing",
    summary="The derivative of tanh without the square",
    why=("The slope of tanh is 1 - y ** 2, positive and at most 1. 1 - y is up to 2 for negative outputs."),
    remedy="Write `1 - y ** 2`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y)
"""
        ),
        Example(
            text="""\
class Tanh:
    def forward(self, x):
        out = np.tanh(x)
        self.out = out
        return out

    def backward(self, grad):
        dx = (1 - self.out) * grad
        return dx
"""
        ),
        Example(
            text="""\
class Activation:
    def forward(self, Z):
        self.A = numpy.tanh(Z)
        return self.A

    def backward(self, dA):
        slope = (1.0 - self.A)
        return dA * slope
"""
        ),
    ),
    good=(
        """\
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
""",
        """\
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y) * (1 + self.y)
""",
        """\
class Gate:
    def forward(self, x):
        self.z = sigmoid(x)
        return np.tanh(self.z)

    def backward(self, g):
        return g * self.z * (1 - self.z)
""",
    ),
)
