"""GRC105: an array kept for backward and then written into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `self.x = x` followed by a write into the same array."""
    for layer in paired(module):
        if layer.pair is None:
            continue
        forward, backward = layer.pair
        kept: dict[str, str] = {}
        for one in forward.statements:
            base = one.target.partition("[")[0]
            out = re.search(r"\bout=(\w+)\b", one.value)
            written = out[1] if out else base
            writes = bool(out) or one.operator not in {"", "="} or ("[" in one.target and one.operator == "=")
            if (
                writes
                and written in kept
                and re.search(rf"{re.escape(kept[written])}\b(?!\.(?:shape|size|ndim))", backward.code)
            ):
                yield Hit(
                    node=one.node,
                    message=f"`{kept[written]}` is the same array as `{written}`: backward will see it changed",
                )
                del kept[written]
            elif one.target.startswith("self.") and one.value.isidentifier() and one.operator == "=":
                kept[one.value] = one.target
            elif one.operator == "=" and one.target.isidentifier():
                kept.pop(one.target, None)


RULE = Rule(
    code="GRC105",
    name="cache_mutated",
    summary="An array kept for backward and then changed in place",
    why=("`self.x = x` copies nothing: what is written into `x` afterwards is written into what backward will use."),
    remedy="Compute a new array (`x = x * mask`), or keep `x.copy()`.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Masked:
    def forward(self, x):
        self.x = x
        x *= self.mask
        return x**2

    def backward(self, g):
        return 2 * self.x * g
"""
        ),
        Example(
            text="""\
class Swish:
    def forward(self, x):
        self.x = x
        x[x < -20] = -20
        return x / (1 + np.exp(-x))

    def backward(self, g):
        return g * slope(self.x)
"""
        ),
        Example(
            text="""\
class Square:
    def forward(self, x):
        self.x = x
        np.multiply(x, x, out=x)
        return x

    def backward(self, g):
        return 2 * g * self.x
"""
        ),
    ),
    good=(
        """\
class Masked:
    def forward(self, x):
        self.x = x
        x = x * self.mask
        return x**2

    def backward(self, g):
        return 2 * self.x * g
""",
        """\
class Swish:
    def forward(self, x):
        self.x = x.copy()
        x[x < -20] = -20
        return x

    def backward(self, g):
        return g * slope(self.x)
""",
        """\
class Square:
    def forward(self, x):
        self.x = x
        x = x.copy()
        x *= x
        return x

    def backward(self, g):
        return 2 * g * self.x
""",
    ),
)
