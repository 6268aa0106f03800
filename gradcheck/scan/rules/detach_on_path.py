"""GRC008: `.detach()` on the way from something trained to the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_on_path, is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity, State

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_SCOPES = frozenset({"function_definition", "class_definition"})


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find detached values that forward passes return something of."""
    for flow in flows_of(module):
        if (
            flow.kind is Kind.DETACHED
            and is_on_path(flow)
            and not is_told_apart(flow, module)
            and not _rebinds(flow.node)
        ):
            yield Hit(
                node=flow.node,
                message=f"`{flow.node.text()}` cuts the path through `{flow.function.name}`",
                steps=flow.steps,
            )


def _rebinds(node: SgNode) -> bool:
    """Whether a name is bound to its own detached value: a state or an input cut free for the next round on purpose."""
    base = node.text().partition(".detach(")[0].partition(".data")[0]
    bound: set[str] = set()
    for around in node.ancestors():
        if around.kind() == "assignment" and (target := around.field("left")) is not None:
            bound |= _names(target)
            if base in bound:
                return True
        elif around.kind() in _SCOPES:
            return bool(bound) and _comes_of(base, bound, around)
    return False


def _comes_of(name: str, states: set[str], scope: SgNode) -> bool:
    """Whether a name is a part of a state: `h, c = state`, and later `state = (h.detach(), c.detach())`."""
    return any(
        (target := one.field("left")) is not None
        and (source := one.field("right")) is not None
        and source.text() in states
        and name in _names(target)
        for one in scope.find_all(kind="assignment")
    )


def _names(target: SgNode) -> set[str]:
    """What an assignment binds: a name, or each of several, as in `output, hidden = rnn(x, hidden.detach())`."""
    parts = target.named_children() if target.kind() in {"pattern_list", "tuple_pattern"} else []
    return {target.text(), *(part.text() for part in parts)}


RULE = Rule(
    code="GRC008",
    name="detach_on_path",
    summary="A detached value on the way to the loss",
    why=("Whatever was computed before `.detach()` gets no gradient from what comes after."),
    remedy="Remove it; where it hides an error about in-place changes, mend those.",
    severity=Severity.WARNING,
    state=State.PREVIEW,
    precision=Precision.LOW,
    needles=(b".detach(", b".data"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text=(
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Graph(nn.Module):\n"
                "    def forward(self, x):\n"
                "        adj = torch.softmax(self.phi(x), -1).detach()\n"
                "        return adj @ x\n"
            )
        ),
        Example(
            text=(
                "import torch\n"
                "from torch import nn\n"
                "\n"
                "class Recogniser(nn.Module):\n"
                "    def forward(self, feats):\n"
                "        return self.enc(feats.detach())\n"
            )
        ),
        Example(text=("import torch\n\ndef step(head, h):\n    loss = head(h.detach()).mean()\n    loss.backward()\n")),
    ),
    good=(
        (
            "import torch\n"
            "from torch import nn\n"
            "\n"
            "class Graph(nn.Module):\n"
            "    def forward(self, x):\n"
            "        adj = torch.softmax(self.phi(x), -1)\n"
            "        return adj @ x\n"
        ),
        (
            "import torch\n"
            "from torch import nn\n"
            "\n"
            "class Hard(nn.Module):\n"
            "    def forward(self, soft, hard):\n"
            "        return (hard - soft).detach() + soft\n"
        ),
        ("import torch\n\ndef predict(model, x):\n    return model(x).detach()\n"),
    ),
)
