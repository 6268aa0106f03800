"""GRC613: `output >= 0` as the mask of a rectifier, which is always true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_DERIVES = re.compile(r"back|grad|deriv")
# What each form of the next begins or ends with.
_RECTIFIES = re.compile(r"\.\s*(?:maximum|clip|where)\b|>[\s\\]*=?[\s\\]*0[.0]*\s*\)")
_RECTIFIED = re.compile(
    r"(?:np|numpy|cp)\.(?:maximum|clip)\((?:0,[\w.]+|[\w.]+,0(?:,None)?)\)|\A([\w.]+)\*\(\1>=?0\)|(?:np|numpy)\.where\(([\w.]+)>=?0,\2,0\)"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a rectified value that is asked for being at least 0."""
    for layer in layers(module):
        derivatives = [method for name, method in layer.methods.items() if _DERIVES.search(name)]
        outputs = _outputs(layer) if any(">=" in method.source for method in derivatives) else set()
        for method in derivatives if outputs else ():
            yield from _asked(method, outputs, layer.name)


def _may_rectify(module: Module) -> bool:
    derives = any(_DERIVES.search(name) for name in module.defined)
    return derives and _RECTIFIES.search(module.text) is not None


def _outputs(layer: Layer) -> set[str]:
    """Attributes that hold a rectified value and nothing else."""
    found: set[str] = set()
    others: set[str] = set()
    for method in layer.methods.values():
        rectified = {one.target for one in method.statements if _RECTIFIED.fullmatch(one.value)}
        for one in method.statements:
            if one.target.startswith("self.") and one.value != "None":
                (found if one.target in rectified or one.value in rectified else others).add(one.target)
    produced = layer.methods.get("_output")
    if produced is not None and produced.returns and all(_RECTIFIED.fullmatch(one.value) for one in produced.returns):
        found.add("self.output")  # where a base class keeps what `_output` returns
    return found - others


def _asked(method: Function, outputs: set[str], name: str) -> Iterator[Hit]:
    for one in method.statements:
        code = f"{one.value} {one.target}"
        for output in sorted(outputs):
            if re.search(rf"(?<![\w.]){re.escape(output)}>=0(?![\w.])", code):
                message = f"`{output}` is the output of `{name}` and never negative: the mask lets everything pass"
                yield Hit(node=one.node, message=message)


RULE = Rule(
    code="GRC613",
    name="relu_mask_of_output",
    summary="A rectifier's output asked for `>= 0`",
    why=("The output of max(x, 0) is never negative: the mask is always true and the gradient passes closed units."),
    remedy="Ask `> 0`, or keep the input and ask that.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    worth=_may_rectify,
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
