"""What an adapter is asked to bind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcheck.cases.running.evaluation import Evaluator
from gradcheck.cases.running.items import owner
from gradcheck.types import Presentation

#: Arguments of forward that make it a loss.
_TARGETS = re.compile(
    r"^(y|t|y_?true|true|target_?\w*|\w*_?targets?|\w*labels?|y_?t|truth|ground_?truth|expected)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an adapter is asked to bind.

    Attributes:
        identity: The layer's identity.
        evaluator: Runs the layer on copies.
        forward: Method name.
        backward: Method name.
        arguments: Forward's arguments by name, in order.
        differentiable: Names of those that are primals.
        forget_calls: Whether lists that a first, weight-making forward appended to are emptied.
        presentation: How inputs and upstream gradients lie in memory.
    """

    identity: str
    evaluator: Evaluator
    forward: str
    backward: str
    arguments: Mapping[str, Any]
    differentiable: tuple[str, ...]
    forget_calls: bool = False
    presentation: Presentation = field(default_factory=Presentation)

    @property
    def is_loss(self) -> bool:
        """Whether forward is handed a target beside what it is to be differentiated by."""
        primals = {owner(name) for name in self.differentiable}
        others = [name for name in self.arguments if name not in primals]
        return any(_TARGETS.match(name) for name in others)
