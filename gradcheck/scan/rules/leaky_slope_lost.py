"""GRC619: a leaky rectifier whose backward does not know the slope of its forward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_LEAKY = re.compile(r"leaky", re.IGNORECASE)
_SLOPE = re.compile(r"self\.\w*(?:alpha|slope|leak|negative)\w*")
_LITERAL = re.compile(r"(?<![\w.])0\.\d*[1-9]\d*")
_CLOSED = re.compile(r"\[self\.\w+<=?0\]\Z")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a slope kept in an attribute, and a backward with a number or a zero in its place."""
    for layer in paired(module):
        if layer.pair is None or not _LEAKY.search(layer.name):
            continue
        forward, backward = layer.pair
        slopes = set(_SLOPE.findall(forward.code))
        if len(slopes) != 1 or _SLOPE.search(backward.code) or "self.forward" in backward.code:
            continue
        for one in backward.statements:
            zeroed = _CLOSED.search(one.target) and one.value == "0"
            if zeroed or _LITERAL.search(one.value):
                slope = slopes.pop()
                yield Hit(
                    node=one.node,
                    message=f"forward of `{layer.name}` has the slope `{slope}`, its backward another one",
                )
                break


RULE = Rule(
    code="GRC619",
    name="leaky_slope_lost",
    summary="A leaky rectifier with another slope in backward",
    why=(
        "Forward takes the slope from the constructor, backward has a number of its own: they agree at the "
        "default at best."
    ),
    remedy="Use the same attribute in both.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, 0.01)
"""
        ),
        Example(
            text="""\
class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(self.slope * x, x)

    def backward(self, dout):
        dx = dout.copy()
        dx[self.x <= 0] = 0
        return dx
"""
        ),
        Example(
            text="""\
class LeakyRelu:
    def forward(self, inputs):
        self.inputs = inputs
        return np.where(inputs > 0, inputs, inputs * self.negative_slope)

    def backward(self, grad):
        mask = np.where(self.inputs > 0, 1, 0.1)
        return grad * mask
"""
        ),
    ),
    good=(
        """\
class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.alpha * x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, self.alpha)
""",
        """\
class LeakyReLU:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.01 * x)

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, 0.01)
""",
        """\
class LeakyReLU:
    def forward(self, x):
        self.mask = np.where(x > 0, 1.0, self.alpha)
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask
""",
    ),
)
