"""GRC104: a parameter replaced by its stepped copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.syntax import plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r" = [^\n]*[-+][^\n]*\.grad\b")
_PLAIN_ARRAYS = re.compile(r"\.(?:data|value|val|numpy|array|values)\Z")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `w = w - lr * w.grad`."""
    for function in functions_with(module, _WORTH, (".grad",)):
        for one in function.statements:
            if (
                one.operator != "="
                or ".grad" not in one.value
                or not re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*", one.target)
                or _PLAIN_ARRAYS.search(one.target)
            ):
                continue
            name = re.escape(one.target)
            stepped = re.fullmatch(rf"\(?{name}[-+].*(?<![\w.]){name}\.grad\b(?!\w|\().*", one.value)
            if stepped and not _is_leaf_again(function, one.target, one.value):
                yield Hit(
                    node=one.node, message=_message(one.target, [plain(loop.field("left")) for loop in one.loops])
                )


def _message(name: str, variables: list[str]) -> str:
    if name in variables:
        return f"the new `{name}` is bound to the loop's variable and lost: the parameter keeps its value"
    return f"`{name}` becomes a new tensor that is no leaf: the optimizer and the model keep the old one"


def _is_leaf_again(function: Function, name: str, value: str) -> bool:
    """Whether the new tensor is made a leaf, or the step is meant to be differentiated."""
    code = function.code
    return "create_graph" in code or bool(
        re.search(
            rf"{re.escape(name)}\.(?:requires_grad|detach|retain_grad)|(?:{re.escape(name)}=)?(?:torch\.)?(?:autograd\.)?Variable\({re.escape(name)}",
            code,
        )
        or re.search(r"\.detach\(|\.data\b|requires_grad|\)\.grad\.data", value.replace(f"{name}.grad.data", ""))
        or re.search(rf"{re.escape(name)}=(?:\w+\.)*(?:Tensor|Variable|Parameter|tensor)\({re.escape(name)}\b", code)
    )


RULE = Rule(
    code="GRC104",
    name="parameter_rebound",
    summary="A parameter replaced by its stepped copy",
    why=(
        "`w = w - lr * w.grad` makes a new tensor with a history. What was registered is the old one; the new "
        "one's `grad` is None after the next backward."
    ),
    remedy=("Step in place: `with torch.no_grad(): w -= lr * w.grad`; on a home-made tape `w.data -= lr * w.grad`."),
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b".grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
for step in range(100):
    loss(w).backward()
    w = w - lr * w.grad
"""
        ),
        Example(
            text="""\
def update(parameters, lr):
    for p in parameters:
        p = p - lr * p.grad
"""
        ),
        Example(
            text="""\
class Line:
    def step(self, lr):
        self.w = self.w - lr * self.w.grad
"""
        ),
    ),
    good=(
        """\
for step in range(100):
    loss(w).backward()
    w.data -= lr * w.grad
""",
        """\
for step in range(100):
    loss(w).backward(create_graph=True)
    w = w - lr * w.grad
""",
        """\
def attack(x, loss):
    loss(x).backward()
    x = x + 0.1 * x.grad.sign()
    x = x.detach().requires_grad_()
    return x
""",
    ),
)
