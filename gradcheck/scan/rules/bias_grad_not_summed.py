"""GRC204: the upstream gradient stored as the gradient of a bias."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import DERIVES, layers, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_BIAS = re.compile(
    r"\A(?:self\.)?(?:d_?b(?:ias(?:es)?)?\d?|grad_?b(?:ias)?|b(?:ias)?_?grad|dL?d?b|b(?:ias)?\.grad|grads?\[.(?:b|db|bias)\d?.\]|dLdb|grads\[1\])\Z"
)
# What `x.T @ g`, `x.T.dot(g)` and `dot(x.T, g)` have in common, however they are laid out.
_WORTH = re.compile(r"\.T(?:\s|\\|#[^\n]*)*[@.,]")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `db = g` beside `dW = x.T @ g`."""
    if _WORTH.search(module.text) is None:
        return
    for name, _, backward in pairs(module):
        if not backward.parameters or _has_column(name, module):
            continue
        given = backward.parameters[0]
        products = [one.value for one in backward.statements]
        over_rows = re.compile(
            rf"(?:self\.)?(?!_?(?:[wW]\w{{0,2}}|weights?|kernel)\b)\b[\w\[\]]+\.T(?:@|\.dot\(|,){re.escape(given)}(?!\w)"
        )
        if not any(over_rows.search(one) for one in products) or any(
            one.target == given for one in backward.statements
        ):
            continue
        for one in backward.statements:
            if (
                _BIAS.match(one.target)
                and one.operator in {"=", "+="}
                and re.fullmatch(rf"{re.escape(given)}(?:\.copy\(\))?", one.value)
            ):
                yield Hit(
                    node=one.node,
                    message=(
                        f"`{one.target}` is the whole upstream gradient: one row for each sample, where "
                        f"the bias of `{name}` has one row"
                    ),
                )


def _has_column(name: str, module: Module) -> bool:
    """Whether the bias of a layer is made as a column, so that samples stand beside one another."""
    layer = {layer.name: layer for layer in layers(module)}.get(name)
    if layer is None:
        return False
    return any(
        re.match(r"b(?:ias(?:es)?)?\Z", name) and re.search(r",1\)", statement.value)
        for name, statement in layer.initial.items()
    )


RULE = Rule(
    code="GRC204",
    name="bias_grad_not_summed",
    summary="A bias gradient that is not summed over the batch",
    why=(
        "One bias serves every sample, so its gradient is a sum. Unsummed, `b = b - lr * db` silently grows "
        "the bias to a row for each sample."
    ),
    remedy="Sum over all axes but the last: `g.sum(axis=tuple(range(g.ndim - 1)))`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Dense:
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g
        return g @ self.W.T
"""
        ),
        Example(
            text="""\
def affine_backward(dout, cache):
    x, W = cache
    dW = np.dot(x.T, dout)
    db = dout
    return np.dot(dout, W.T), dW, db
"""
        ),
        Example(
            text="""\
class Linear:
    def forward(self, x):
        self.x = x
        return x.dot(self.W) + self.b

    def backward(self, grad):
        self.grads['W'] = self.x.T.dot(grad)
        self.grads['b'] = grad
        return grad.dot(self.W.T)
"""
        ),
    ),
    good=(
        """\
class Dense:
    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W.T
""",
        """\
class Dense:
    def backward(self, g):
        self.dW = g @ self.x.T
        self.db = g
        return self.W.T @ g

    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
""",
        """\
def affine_backward(dout, cache):
    x, W = cache
    dW = np.outer(x, dout)
    db = dout
    return W @ dout, dW, db
""",
    ),
)
