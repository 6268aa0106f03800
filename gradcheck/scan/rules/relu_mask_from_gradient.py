"""GRC608: the mask of a rectifier taken from the gradient instead of the input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import DERIVES, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_RELU = re.compile(r"relu|rectif", re.IGNORECASE)
_GRADIENT = re.compile(
    r"\A(?:d[A-Z_]\w*|d(?:out|values|z|a|y|x|l|h)\w*|dL\w+|grad\w*|g|\w*_grad|delta\w*|upstream\w*|error|err|eta|top|output_gradient|out_grad\w*|accum_grad)\Z",
    re.IGNORECASE,
)
_KEPT = re.compile(r"self\.\w+(?:>=?|<=?)|guided", re.IGNORECASE)
_ZERO = r"(?:0|0\.0)"


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a rectifier's backward that asks for the sign of the gradient handed to it."""
    for name, forward, backward in pairs(module):
        rectifies = _RELU.search(name) or (
            forward is not None and re.search(r"(?:np|numpy)\.maximum\((?:0,\w+|\w+,0)\)", forward.code)
        )
        if not rectifies or not backward.parameters or not _GRADIENT.match(backward.parameters[0]):
            continue
        given = backward.parameters[0]
        copies = {
            one.target
            for one in backward.statements
            if re.fullmatch(
                rf"{given}\.copy\(\)|(?:np\.)?(?:array|copy|copy\.deepcopy)\({given}(?:,copy=True)?\)|{given}",
                one.value,
            )
        }
        names = "|".join(sorted(re.escape(one) for one in (copies | {given}) if one.isidentifier()))
        compared = re.compile(rf"(?<![\w.])(?:{names})(?:>=?|<=?){_ZERO}(?![\w.])")
        clipped = re.compile(rf"(?:np|numpy)\.maximum\((?:0,(?:{names})|(?:{names}),0)\)")
        if _KEPT.search(backward.code) and not clipped.search(backward.code):
            continue
        for one in backward.statements:
            if re.search(r"\]\Z", one.target) and one.value == "1":
                break  # the local derivative, written into a copy of the input
            if compared.search(one.target) or compared.search(one.value) or clipped.search(one.value):
                yield Hit(
                    node=one.node, message=f"the mask of `{name}` is made of the gradient `{given}`, not of the input"
                )


RULE = Rule(
    code="GRC608",
    name="relu_mask_from_gradient",
    summary="A rectifier's mask taken from the gradient",
    why=(
        "Where the gradient is negative it is lost, and where the unit was closed it passes: the backward is "
        "not even linear."
    ),
    remedy="Keep the input (or the mask) in forward: `dx = dout * (self.x > 0)`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class ReLU:
    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, dout):
        dx = dout.copy()
        dx[dout <= 0] = 0
        return dx
"""
        ),
        Example(
            text="""\
def relu_backward(dA, cache):
    return dA * (dA > 0)
"""
        ),
        Example(
            text="""\
class Rectifier:
    def forward(self, inputs):
        self.inputs = inputs
        return np.maximum(0, inputs)

    def backward(self, grad):
        return np.maximum(grad, 0) * (self.inputs > 0)
"""
        ),
    ),
    good=(
        """\
class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)

    def backward(self, dout):
        return dout * (self.x > 0)
""",
        """\
def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ
""",
        """\
class ReLU:
    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, x):
        return (x > 0) * 1.0
""",
    ),
)
