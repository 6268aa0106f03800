"""GRC610: `dx[p:-p]`, which is empty where p is 0."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.layers import DERIVES
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r":\s*-")
_BACKWARD = re.compile(r"backward|backprop|bprop|bwd|grad|col2im", re.IGNORECASE)
_SLICE = re.compile(
    r"(?<![\w.])((?:self\.)?_?(?:p|P|pad\w*|padding\w*|[hw]_?pad|p[hw]|\w+_pad)(?:\[\d\])?):-\1(?![\w.])"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find the padding cut off an input gradient without asking whether there is any."""
    for function in functions_with(module, _WORTH):
        if not _BACKWARD.search(function.name):
            continue
        for statement in function.statements:
            match = _SLICE.search(statement.value)
            if match is None or _is_asked(
                match[1], statement.conditions, function.code, _around(match[1], function.node, module)
            ):
                continue
            yield Hit(
                node=statement.node,
                message=f"`{match[0]}` is empty where `{match[1]}` is 0: the whole gradient is lost",
                remedy=f"Write `{match[1]}:{match[1]} + size` with the size of the input.",
            )


def _around(name: str, node: SgNode, module: Module) -> str:
    """The class for an attribute: a constructor may refuse a padding of 0."""
    owner = module.class_of(node) if name.startswith("self.") else None
    return owner.text() if owner is not None else ""


def _is_asked(name: str, conditions: tuple[str, ...], code: str, text: str) -> bool:
    """Whether the code asks if there is a padding, or sets one that is not 0."""
    short = re.escape(name.partition("[")[0])
    if any(re.search(rf"(?<!\w){short}\b|pad", condition) for condition in conditions):
        return True
    asked = (
        rf"(?:if|elif|while|assert|not|and|or) \(?{short}|{short}(?:\[\d\])?(?:>|==|!=|<)|(?:>|==|!=|"
        rf"<){short}\b|(?<![\w.]){short}=[1-9]"
    )
    plain_name = re.escape(name.rpartition(".")[2].partition("[")[0])
    return bool(
        re.search(asked, code) or re.search(rf"\bif (?:self\.)?{plain_name}\b|\b{plain_name} (?:>|==|!=) 0", text)
    )


RULE = Rule(
    code="GRC610",
    name="zero_padding_slice",
    summary="Padding cut off with `[p:-p]`, which is empty where p is 0",
    why="`x[0:-0]` is `x[0:0]`: without padding the input gradient is an empty array.",
    remedy="Write `[p : p + size]`, or cut only where there is a padding.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
def conv_backward(dout, cache):
    x, w, pad = cache
    dx_pad = col2im(dout, w)
    return dx_pad[:, :, pad:-pad, pad:-pad]
"""
        ),
        Example(
            text="""\
class Conv:
    def backward(self, g):
        dx = self.spread(g)
        p = self.pad
        dx = dx[:, p:-p, p:-p, :]
        return dx
"""
        ),
        Example(
            text="""\
class Conv:
    def backward(self, g):
        dx = self.spread(g)
        return dx[..., self.padding : -self.padding]
"""
        ),
    ),
    good=(
        """\
def conv_backward(dout, cache):
    x, w, pad = cache
    dx_pad = col2im(dout, w)
    return dx_pad[:, :, pad : pad + x.shape[2]]
""",
        """\
class Conv:
    def backward(self, g):
        dx = self.spread(g)
        if self.pad > 0:
            dx = dx[:, self.pad : -self.pad]
        return dx
""",
        """\
def crop_forward(x, pad):
    return x[:, pad:-pad]
""",
    ),
)
