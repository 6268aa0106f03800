"""GRC617: the mask of what a rectifier closes, used as the mask of what it lets pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `self.mask = x <= 0` whose entries forward sets to 0, multiplied by in backward."""
    for layer in paired(module):
        if layer.pair is None:
            continue
        forward, backward = layer.pair
        closed = [
            one.target
            for one in forward.statements
            if re.fullmatch(r"\(?\w+<=?0\)?(?:\.astype\(\w+(?:\.\w+)*\))?", one.value)
        ]
        for mask in closed:
            zeroes = any(one.target.endswith(f"[{mask}]") and one.value == "0" for one in forward.statements)
            if not zeroes or not mask.startswith("self."):
                continue
            for one in backward.statements:
                if re.search(rf"\*{re.escape(mask)}(?![\w.])|(?<![~\w.-]){re.escape(mask)}\*", one.value):
                    yield Hit(
                        node=one.node,
                        message=f"`{mask}` of `{layer.name}` marks the closed units, and backward lets these pass",
                    )


RULE = Rule(
    code="GRC617",
    name="relu_mask_inverted",
    summary="A rectifier's backward that lets the closed units pass",
    why=(
        "The mask marks the entries that forward set to 0. Multiplying by it keeps their gradients and drops "
        "those of the open units."
    ),
    remedy="Write `dout[self.mask] = 0`, or multiply by `~self.mask`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        return dout * self.mask
"""
        ),
        Example(
            text="""\
class Relu:
    def forward(self, x):
        self.closed = x < 0
        x = x.copy()
        x[self.closed] = 0
        return x

    def backward(self, dout):
        dx = self.closed * dout
        return dx
"""
        ),
        Example(
            text="""\
class Rectifier:
    def forward(self, inputs):
        self.mask = inputs <= 0
        out = inputs.copy()
        out[self.mask] = 0.0
        return out

    def backward(self, grad):
        grad = grad * self.mask
        return grad
"""
        ),
    ),
    good=(
        """\
class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0
        return dout
""",
        """\
class Relu:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask
""",
        """\
class Relu:
    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        return dout * ~self.mask
""",
    ),
)
