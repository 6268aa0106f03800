"""GRC504: a `Function.backward` that returns fewer gradients than forward has inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity
from gradcheck.source.families import CONTEXT_NAMES

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Compare the inputs of a static forward with what its backward returns."""
    if not module.defined.issuperset(("forward", "backward")):
        return
    for layer in layers(module):
        forward, backward = layer.methods.get("forward"), layer.methods.get("backward")
        if forward is None or backward is None or not _is_static(forward, layer) or not _is_static(backward, layer):
            continue
        if (
            forward.is_variadic
            or not forward.parameters
            or "setup_context" in layer.methods
            or "apply" in layer.methods
        ):
            continue
        wanted = len(forward.parameters) - 1
        least = forward.required - 1  # more than there are inputs is let pass: PyTorch allows None for what is missing
        for one in backward.returns:
            number = _number(one.value_node, backward)
            if number is not None and number < least:
                yield Hit(
                    node=one.node,
                    message=(
                        f"`{layer.name}.forward` has {wanted} input{'s' * (wanted != 1)}, its backward "
                        f"returns {number} gradient{'s' * (number != 1)}"
                    ),
                )


def _is_static(method: Function, layer: Layer) -> bool:
    return (
        "staticmethod" in method.decorators
        and bool(method.parameters)
        and method.parameters[0] in CONTEXT_NAMES
        and bool(layer.bases)
    )


def _number(value: SgNode | None, backward: Function) -> int | None:
    """How many gradients an expression is; None where that cannot be read off."""
    while value is not None and value.kind() == "parenthesized_expression":
        value = next(iter(value.named_children()), None)
    if value is None:
        return None
    if value.kind() in {"expression_list", "tuple"}:
        parts = [part for part in value.named_children() if part.kind() != "comment"]
        return None if any("splat" in part.kind() for part in parts) else len(parts)
    if value.kind() == "binary_operator":
        whole = value.text()
        return None if re.search(r"\(\s*None|,\s*\)|\[|tuple|None", whole) else 1
    if value.kind() == "identifier" and value.text() in backward.parameters[1:] and not backward.is_variadic:
        return 1 if not any(one.target == value.text() for one in backward.statements) else None
    return None


RULE = Rule(
    code="GRC504",
    name="wrong_number_of_grads",
    summary="A `Function.backward` that returns too few gradients",
    why=(
        "Gradients and inputs are matched by position: PyTorch refuses at the first backward, a home-made "
        "engine leaves the last inputs without a gradient."
    ),
    remedy="Return one gradient for each input of forward, `None` for those that need none.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"staticmethod",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Add(Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g
"""
        ),
        Example(
            text="""\
class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor

    @staticmethod
    def backward(ctx, g):
        return g * ctx.factor
"""
        ),
        Example(
            text="""\
class Mul(Function):
    @staticmethod
    def forward(ctx, a, b, c):
        return a * b * c

    @staticmethod
    def backward(ctx, g):
        a, b, c = ctx.saved
        return g * b * c, g * a * c
"""
        ),
    ),
    good=(
        """\
class Add(Function):
    @staticmethod
    def forward(ctx, x, b):
        return x + b

    @staticmethod
    def backward(ctx, g):
        return g, g.sum(0)
""",
        """\
class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor=2):
        return x * factor

    @staticmethod
    def backward(ctx, g):
        return g * 2
""",
        """\
class Stack(Function):
    @staticmethod
    def forward(ctx, *inputs):
        return join(inputs)

    @staticmethod
    def backward(ctx, g):
        return split(g)
""",
    ),
)
