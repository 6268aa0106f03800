"""GRC607: a dropout that scales in forward and multiplies by the bare mask in backward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_MASK = re.compile(r"mask|drop|keep|binomial|bernoulli", re.IGNORECASE)
_SCALE = re.compile(r"/|\*=|scale|\*\*-1|reciprocal", re.IGNORECASE)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find the mask of a dropout used twice, once with the scale and once without."""
    for layer in paired(module):
        if "dropout" not in layer.name.lower() or layer.pair is None:
            continue
        forward, backward = layer.pair
        masks = {
            one.target for one in forward.statements if one.target.startswith("self.") and _MASK.search(one.target)
        }
        for mask in sorted(masks):
            made = [one for one in forward.statements if one.target == mask]
            used = [
                one
                for one in forward.statements
                if one.target != mask and re.search(rf"{re.escape(mask)}(?!\w)", one.value)
            ]
            if any(
                _SCALE.search(one.value + one.operator)
                for one in made
                if "rand" in one.value or "binomial" in one.value
            ):
                continue
            if any(one.value.isidentifier() for one in made):
                continue  # made elsewhere
            masked = {one.target for one in used if one.target.isidentifier()}
            scaled = any("/" in one.value for one in used) or any(
                one.operator == "/=" or ("/" in one.value and masked & set(re.findall(r"\w+", one.value)))
                for one in forward.statements
                if one.target != mask
            )
            if (
                scaled
                and not _SCALE.search(backward.code)
                and not re.search(r"\bp\b|rate|prob|ratio|keep", backward.code.replace(mask, ""))
            ):
                yield from (
                    Hit(node=one.node, message=f"the mask of `{layer.name}` is scaled in forward and bare in backward")
                    for one in backward.statements
                    if mask in one.value and "*" in one.value
                )


RULE = Rule(
    code="GRC607",
    name="dropout_scale_missing",
    summary="A dropout mask without its scale in backward",
    why=("What forward divides by the probability to keep, backward must too: its gradient is too small by 1 - p."),
    remedy=("Put the scale into the mask: `self.mask = (rand(*x.shape) > p) / (1 - p)`, and multiply by it in both."),
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"ropout", b"ropOut"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > self.p
        return x * self.mask / (1 - self.p)

    def backward(self, g):
        return g * self.mask
"""
        ),
        Example(
            text="""\
class Dropout:
    def forward(self, x, train=True):
        if not train:
            return x
        self.mask = np.random.binomial(1, 1 - self.p, x.shape)
        out = self.mask * x
        out = out / (1 - self.p)
        return (self.mask * x) / (1 - self.p)

    def backward(self, delta):
        return delta * self.mask
"""
        ),
        Example(
            text="""\
class DropoutLayer:
    def forward(self, x):
        self.keep_mask = np.random.rand(*x.shape) < self.keep
        y = x * self.keep_mask * (1 / self.keep)
        return y

    def backward(self, grad):
        dx = self.keep_mask * grad
        return dx
"""
        ),
    ),
    good=(
        """\
class Dropout:
    def forward(self, x):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, g):
        return g * self.mask
""",
        """\
class Dropout:
    def forward(self, x, train=True):
        if train:
            self.mask = np.random.rand(*x.shape) > self.p
            return x * self.mask
        return x * (1.0 - self.p)

    def backward(self, g):
        return g * self.mask
""",
        """\
class Dropout:
    def forward(self, x):
        self.mask = np.random.rand(*x.shape) > self.p
        return x * self.mask / (1 - self.p)

    def backward(self, g):
        return g * self.mask / (1 - self.p)
""",
    ),
)
