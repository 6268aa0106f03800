"""GRC010: a module runs without gradients while its parameters are handed to the optimizer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Mark, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_NO_GRADIENT = re.compile(r"\bno_grad\b|\binference_mode\b")
_FROZEN_NAME = re.compile(r"teacher|target|frozen|ema|momentum|reference|pretrained", re.IGNORECASE)
_OPTIMIZERS = r"(?:Adam\w*|SGD|RMSprop|Adagrad|Adadelta|LBFGS|Lion|optim\.\w+|optimizer_class)"


def examine(node: SgNode, module: Module) -> Iterator[Hit]:
    """Find results of trained modules made without gradients and back-propagated after."""
    clause = next((child for child in node.named_children() if child.kind() == "with_clause"), None)
    body = node.field("body")
    if clause is None or body is None or not _NO_GRADIENT.search(clause.text()):
        return
    scope = module.function_of(node) or module.root
    rest = module.text[node.range().end.index : scope.range().end.index]
    if ".backward(" not in rest:
        return
    for assignment in body.find_all(kind="assignment"):
        target, value = assignment.field("left"), assignment.field("right")
        callee = value.field("function") if value is not None and value.kind() == "call" else None
        if target is None or callee is None or callee.kind() not in {"identifier", "attribute"}:
            continue
        name = "".join(callee.text().split())
        if _is_trained(name, module.text) and re.search(rf"\b{re.escape(target.text())}\b", rest):
            yield Hit(
                node=callee,
                message=f"`{name}` is trained, but runs here without gradients",
                steps=(Mark(node=clause, note="no gradients in here"), Mark(node=callee, note="the module runs")),
            )


def _is_driven(module: Module) -> bool:
    return ".backward(" in module.text and ".parameters()" in module.text


def _is_trained(name: str, text: str) -> bool:
    """Whether an optimizer gets the parameters of a module that nobody freezes."""
    if _FROZEN_NAME.search(name):
        return False
    owned = re.escape(name)
    if re.search(rf"{owned}\.(?:requires_grad_\(\s*False|eval\()", text):
        return False
    return re.search(rf"\b{_OPTIMIZERS}\((?:[^()]|\([^()]*\))*?\b{owned}\.parameters\(\)", text) is not None


_TRAIN = (
    "def train(enc, head, x):\n    opt = SGD(enc.parameters(), lr=0.1)\n    with torch.no_grad():\n        h = enc(x)\n"
    "    loss = head(h).sum()\n    loss.backward()\n    opt.step()\n"
)

RULE = Rule(
    code="GRC010",
    name="no_grad_around_trained",
    summary="A module runs under `no_grad` while the optimizer has its parameters",
    why="Its parameters get no gradient from this pass: the optimizer steps, and they never change.",
    remedy="Run it outside of `no_grad`; or freeze it on purpose and keep its parameters from the optimizer.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    worth=_is_driven,
    needles=(b"no_grad", b"inference_mode"),
    kinds=frozenset({"with_statement"}),
    examine=examine,
    bad=(
        Example(text=_TRAIN),
        Example(text=_TRAIN.replace("no_grad()", "inference_mode()")),
        Example(text=_TRAIN.replace("SGD(enc", "torch.optim.AdamW([*enc").replace("ters(), lr", "ters()], lr")),
    ),
    good=(
        _TRAIN.replace("    with torch.no_grad():\n        h = enc(x)\n", "    h = enc(x)\n"),
        _TRAIN.replace("SGD(enc", "SGD(head"),
        _TRAIN.replace("    opt = ", "    enc.requires_grad_(False)\n    opt = "),
    ),
)
