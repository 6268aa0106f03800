"""Whether what escaped a function is a cut, or what the function is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.facts.roles import is_backward, is_forward, is_loss, keeps_state, passes_on, wants_raw

if TYPE_CHECKING:
    from gradcheck.scan.dataflow.flows import Flow
    from gradcheck.scan.dataflow.frame import Function
    from gradcheck.scan.facts.module import Module

_DECORATOR = re.compile(r"@([\w.]+)")


def is_told_apart(flow: Flow, module: Module) -> bool:
    """Whether a function is meant to handle raw values, so that what it does to them is no cut.

    Backward passes and what surrounds them, evaluation, input and output, optimizers, operations that bring a backward
    of their own, and methods that the project exchanges for tracked ones.
    """
    function = flow.function
    owner = function.owner
    if is_named_apart(function, module, driven=flow.driven, tracked=flow.kind is Kind.COPIED):
        return True
    if owner is None:
        return False
    if module.project.is_patched(owner.name, function.name):
        return True
    is_tensor = owner.is_tensor or module.project.is_tape(owner.name)
    return not is_tensor and (owner.has_backward or module.project.has_backward(owner.name))


def is_named_apart(function: Function, module: Module, *, driven: bool, tracked: bool) -> bool:
    """Whether that shows at the names of a function, its class and its file.

    Args:
        function: The function.
        module: Its file.
        driven: Whether `backward()` is called on what came of the value, or may be.
        tracked: Whether the result has a copied flag, or may have.
    """
    if is_backward(function.name) or "test" in function.name.lower():
        return True
    if not driven and wants_raw(function.name, tracked=tracked):
        return True
    if any(not passes_on(name) for name in _DECORATOR.findall(function.decorators)):
        return True
    if function.owner is None:
        return module.path.rpartition("/")[2].startswith("test_")
    return keeps_state(function.owner.name) or any(keeps_state(base) for base in function.owner.bases)


def is_on_path(flow: Flow) -> bool:
    """Whether a function is a forward pass or a loss, or calls `backward` itself."""
    return (
        flow.driven
        or is_forward(flow.function.name)
        or is_loss(flow.function.name)
        or (flow.function.owner is not None and is_loss(flow.function.owner.name))
    )


def is_loss_term(flow: Flow) -> bool:
    """Whether a number was added to what is back-propagated, or to the tensor that a loss returns."""
    return flow.driven or (flow.value.is_tensor and is_on_path(flow))
