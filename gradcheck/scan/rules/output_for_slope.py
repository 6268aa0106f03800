"""GRC620: the output of an activation in the place of its slope."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ACTIVATION = re.compile(
    r"\(?1/\(1\+(?:np|numpy|math)\.exp\(-\w+\)\)\)?|(?:np|numpy|math)\.tanh\(\w+\)|(?:np|numpy)\.maximum\((?:0,\w+|\w+,0)\)"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `g * y` as the whole backward of y = sigmoid(x), tanh(x) or max(x, 0)."""
    for layer in paired(module):
        if layer.pair is None or len(layer.pair[1].parameters) != 1:
            continue
        forward, backward = layer.pair
        given = re.escape(backward.parameters[0])
        values = {one.target: one.value for one in forward.statements if one.operator == "="}
        kept = [
            name
            for name, value in values.items()
            if name.startswith("self.") and _ACTIVATION.fullmatch(values.get(value, value))
        ]
        for name in kept:
            output = re.escape(name)
            whole = re.compile(
                rf"{given}\*{output}|{output}\*{given}|(?:np|numpy)\.multiply\((?:{given},{output}|{output},{given})\)"
            )
            returned = any(
                one.value in {name, *[other for other, value in values.items() if value == name]}
                or values.get(name) == one.value
                for one in forward.returns
            )
            if returned and len(backward.statements) <= 2:
                yield from (
                    Hit(
                        node=one.node,
                        message=f"`{name}` is the output of `{layer.name}`, and its backward takes it for the slope",
                    )
                    for one in backward.statements
                    if whole.fullmatch(one.value)
                )


RULE = Rule(
    code="GRC620",
    name="output_for_slope",
    summary="An activation's output in the place of its slope",
    why=(
        "Only exp is its own derivative. The slope of sigmoid is y (1 - y), of tanh 1 - y ** 2, of a rectifier 0 or 1."
    ),
    remedy="Multiply by the slope.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
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
        return dout * self.y
"""
        ),
        Example(
            text="""\
class ReLU:
    def forward(self, x):
        self.out = np.maximum(0, x)
        return self.out

    def backward(self, grad):
        dx = self.out * grad
        return dx
"""
        ),
        Example(
            text="""\
class Tanh:
    def forward(self, x):
        out = np.tanh(x)
        self.out = out
        return out

    def backward(self, g):
        return np.multiply(g, self.out)
"""
        ),
    ),
    good=(
        """\
class Exp:
    def forward(self, x):
        self.y = np.exp(x)
        return self.y

    def backward(self, dout):
        return dout * self.y
""",
        """\
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dout):
        return dout * self.y * (1 - self.y)
""",
        """\
class Gate:
    def forward(self, x):
        self.gate = 1 / (1 + np.exp(-self.z))
        return x * self.gate

    def backward(self, dout):
        return dout * self.gate
""",
    ),
)
