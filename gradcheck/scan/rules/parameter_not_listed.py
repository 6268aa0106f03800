"""GRC305: a trainable tensor that `parameters()` forgets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import layers
from gradcheck.scan.facts.syntax import called, last_name
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_LISTED = re.compile(r"[\[(]?(?:self\.\w+,?)+[\])]?")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find attributes made like the listed ones and used in the class, but not listed."""
    for layer in layers(module):
        method = layer.methods.get("parameters")
        if (
            method is None
            or sum("self" in one.code for one in method.statements) != 1
            or not method.returns
            or not _LISTED.fullmatch(method.returns[0].value)
        ):
            continue
        listed = set(re.findall(r"self\.(\w+)", method.returns[0].value))
        made = {
            name: (last_name(called(one.value_node)), "requires_grad=True" in one.value)
            for name, one in layer.initial.items()
        }
        like = {made[name] for name in listed if name in made and made[name][0][:1].isupper()}
        for name, sort in made.items():
            used = len(re.findall(rf"self\.{name}\b", layer.node.text())) > 1
            if name not in listed and sort in like and used and not name.startswith(("running", "_")):
                yield Hit(
                    node=layer.initial[name].node,
                    message=(
                        f"`self.{name}` is made like the parameters of `{layer.name}`, and "
                        f"`parameters()` does not list it"
                    ),
                )


RULE = Rule(
    code="GRC305",
    name="parameter_not_listed",
    summary="A trainable tensor that `parameters()` does not list",
    why=(
        "The optimizer steps what `parameters()` gives it: this tensor gets gradients and never changes, and "
        "they are never set to zero."
    ),
    remedy="List it.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"def parameters",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Linear:
    def __init__(self, n):
        self.w = Tensor(randn(n), requires_grad=True)
        self.b = Tensor(zeros(1), requires_grad=True)

    def __call__(self, x):
        return x @ self.w + self.b

    def parameters(self):
        return [self.w]
"""
        ),
        Example(
            text="""\
class Neuron:
    def __init__(self):
        self.w = Value(1.0)
        self.b = Value(0.0)

    def __call__(self, x):
        return self.w * x + self.b

    def parameters(self):
        return self.w,
"""
        ),
        Example(
            text="""\
class Norm:
    def __init__(self, n):
        self.gamma = Parameter(ones(n))
        self.beta = Parameter(zeros(n))

    def forward(self, x):
        return self.gamma * x + self.beta

    def parameters(self):
        return [self.gamma]
"""
        ),
    ),
    good=(
        """\
class Linear:
    def __init__(self, n):
        self.w = Tensor(randn(n), requires_grad=True)
        self.b = Tensor(zeros(1), requires_grad=True)

    def __call__(self, x):
        return x @ self.w + self.b

    def parameters(self):
        return [self.w, self.b]
""",
        """\
class Norm:
    def __init__(self, n):
        self.gamma = Parameter(ones(n))
        self.running_mean = zeros(n)

    def forward(self, x):
        return self.gamma * (x - self.running_mean)

    def parameters(self):
        return [self.gamma]
""",
        """\
class Net:
    def __init__(self):
        self.a = Dense(2)
        self.b = Dense(2)

    def parameters(self):
        return [*self.a.parameters(), *self.b.parameters()]
""",
    ),
)
