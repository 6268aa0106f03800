"""GRC613: `output >= 0` as the mask of a rectifier, which is always true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import layers
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_RECTIFIED = re.compile(
    r"(?:np|numpy|cp)\.(?:maximum|clip)\((?:0,[\w.]+|[\w.]+,0(?:,None)?)\)|\A([\w.]+)\*\(\1>=?0\)|(?:np|numpy)\.where\(([\w.]+)>=?0,\2,0\)"
)


def examine(_node: SgNode, module: Module) -> Iterator[Hit]:
    """Find a rectified value that is asked for being at least 0."""
    for layer in layers(module):
        made = {
            one.target
            for method in layer.methods.values()
            for one in method.statements
            if one.target.startswith("self.") and _RECTIFIED.fullmatch(one.value)
        }
        for method in layer.methods.values():
            made |= {
                one.target
                for one in method.statements
                if one.target.startswith("self.")
                and any(other.target == one.value and _RECTIFIED.fullmatch(other.value) for other in method.statements)
            }
        if layer.pair is None and not made and "output" in module.text:
            made = _by_base(layer.methods.keys(), layer)
        for name, method in layer.methods.items():
            if not re.search(r"back|grad|deriv", name):
                continue
            for one in method.statements:
                always = next(
                    (
                        target
                        for target in sorted(made)
                        if re.search(rf"(?<![\w.]){re.escape(target)}>=0(?![\w.])", f"{one.value} {one.target}")
                    ),
                    None,
                )
                if always:
                    yield Hit(
                        node=one.node,
                        message=(
                            f"`{always}` is the output of `{layer.name}` and never negative: the mask "
                            f"lets everything pass"
                        ),
                    )


def _by_base(names: object, layer: object) -> set[str]:
    """Outputs that a base class stores under `self.output` for what `_output` returns."""
    methods = getattr(layer, "methods", {})
    output = methods.get("_output")
    del names
    if output is None or not all(_RECTIFIED.fullmatch(one.value) for one in output.returns):
        return set()
    return {"self.output"}


RULE = Rule(
    code="GRC613",
    name="relu_mask_of_output",
    summary="A rectifier's output asked for `>= 0`",
    why=("The output of max(x, 0) is never negative: the mask is always true and the gradient passes closed units."),
    remedy="Ask `> 0`, or keep the input and ask that.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b">= 0", b">=0"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(0, Z)
        return self.A

    def backward(self, g):
        return g * (self.A >= 0)
"""
        ),
        Example(
            text="""\
class ReLU:
    def forward(self, x):
        out = np.clip(x, 0, None)
        self.out = out
        return out

    def backward(self, g):
        mask = self.out >= 0
        return mask * g
"""
        ),
        Example(
            text="""\
class ReLU(Operation):
    def _output(self):
        return np.clip(self.input_, 0, None)

    def _input_grad(self, output_grad):
        mask = self.output >= 0
        return output_grad * mask
"""
        ),
    ),
    good=(
        """\
class ReLU:
    def forward(self, Z):
        self.A = np.maximum(0, Z)
        return self.A

    def backward(self, g):
        return g * (self.A > 0)
""",
        """\
class ReLU:
    def forward(self, Z):
        self.Z = Z
        return np.maximum(0, Z)

    def backward(self, g):
        return g * (self.Z >= 0)
""",
        """\
class Check:
    def forward(self, x):
        self.A = np.maximum(0, x)
        assert (self.A >= 0).all()
        return self.A
""",
    ),
)
