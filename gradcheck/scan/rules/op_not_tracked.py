"""GRC502: an operation that was left raw where its siblings were exchanged for tracked ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.asking import flows_of
from gradcheck.scan.dataflow.judging import is_told_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

#: Siblings named in a message.
_NAMED = 3


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find raw methods of classes whose siblings' method of that name is exchanged somewhere in the project."""
    told = set()
    for flow in flows_of(module):
        owner, name = flow.function.owner, flow.function.node.field("name")
        if flow.kind not in {Kind.WRAPPED, Kind.COPIED} or owner is None or name is None or owner.is_tensor:
            continue
        tracked = module.project.patched_classes(flow.function.name)
        if not tracked or (owner.name, flow.function.name) in told or is_told_apart(flow, module):
            continue
        told.add((owner.name, flow.function.name))
        others = ", ".join(tracked[:_NAMED])
        yield Hit(
            node=name,
            message=f"`{owner.name}.{flow.function.name}` was left raw; {others} got a tracked one",
            steps=flow.steps,
        )


_TANH = "class Tanh:\n    def forward(self, x):\n        return Tensor(np.tanh(x.data))\n\n\n"

RULE = Rule(
    code="GRC502",
    name="op_not_tracked",
    summary="An operation left raw whose siblings were exchanged for tracked ones",
    why="The project switches gradients on by exchanging methods; this one was forgotten, and backward stops at it.",
    remedy="Exchange this method as well, or let it compute with tracked operations.",
    severity=Severity.WARNING,
    precision=Precision.HIGH,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(text=f"{_TANH}Sigmoid.forward = tracked_sigmoid\n"),
        Example(text=f"{_TANH}setattr(Relu, 'forward', tracked)\n"),
        Example(text=f"{_TANH}def patch():\n    Elu.forward = make(Elu.forward)\n"),
    ),
    good=(
        f"{_TANH}Tanh.forward = tracked_tanh\n",
        _TANH,
        "class Tanh:\n    def forward(self, x):\n        return x.tanh()\n\n\nSigmoid.forward = tracked_sigmoid\n",
    ),
)
