"""GRC306: a weight of a home-made layer that does not ask for a gradient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.facts.syntax import arguments, called, last_name
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WEIGHT = re.compile(
    r"(?:W|w|b|U|V|weights?|bias(?:es)?|gamma|beta|[wWb]_?(?:q|k|v|o|ih|hh|xh|hy|x|h|\d)|kernel|embeddings?)\Z"
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find weights made by the tensor class of the project without the flag that its default leaves off."""
    if module.imports("torch"):
        return
    known = layers(module)
    for layer in known:
        if not any(name in layer.methods for name in ("forward", "__call__", "call")) or _is_tensor(layer):
            continue
        for name, statement in layer.initial.items():
            maker = last_name(called(statement.value_node))
            if not _WEIGHT.match(name) or maker != "Tensor" or statement.value_node is None:
                continue
            given, named = arguments(statement.value_node)
            off = _off_by_default(maker, module)
            if "requires_grad" in named or len(given) != 1 or not off or _set_elsewhere(name, layer, module):
                continue
            span = statement.value_node.range()
            edit = Edit(start=span.end.index - 1, end=span.end.index - 1, replacement=", requires_grad=True")
            yield Hit(
                node=statement.node,
                message=f"`self.{name}` of `{layer.name}` is a `{maker}` that asks for no gradient: it never trains",
                fix=Fix(message="Ask for a gradient", edits=(edit,), safe=True),
            )


def _is_tensor(layer: Layer) -> bool:
    return "backward" in layer.methods and "__add__" in layer.methods


def _off_by_default(maker: str, module: Module) -> bool:
    """Whether the constructor's default leaves the flag off: read here, or told by weights beside this one."""
    local = next((one for one in layers(module) if one.name == maker), None)
    if local is not None:
        made = local.methods.get("__init__")
        head = made.source.partition("):")[0] if made is not None else ""
        return bool(re.search(r"requires_grad\s*(?::\s*bool\s*)?=\s*False", head))
    return bool(re.search(rf"self\.\w+\s*=\s*{maker}\([^\n]*requires_grad\s*=\s*True", module.text))


def _set_elsewhere(name: str, layer: Layer, module: Module) -> bool:
    text = layer.node.text()
    return bool(
        re.search(rf"self\.{name}\.requires_grad", text)
        or re.search(r"for \w+ in [^\n]*parameters\(\)[^\n]*:\s*\n\s*\w+\.requires_grad", module.text)
        or re.search(rf"Parameter\(self\.{name}", text)
    )


RULE = Rule(
    code="GRC306",
    name="parameter_without_flag",
    summary="A weight created without `requires_grad=True`",
    why=(
        "The tensor class leaves the flag off by default: no operation records this weight, its gradient "
        "stays None and it never trains."
    ),
    remedy="Pass `requires_grad=True`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"requires_grad",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Norm:
    def __init__(self, n):
        self.gamma = Tensor(np.ones(n), requires_grad=True)
        self.beta = Tensor(np.zeros(n))

    def forward(self, x):
        return self.gamma * x + self.beta
""",
            fixed="""\
class Norm:
    def __init__(self, n):
        self.gamma = Tensor(np.ones(n), requires_grad=True)
        self.beta = Tensor(np.zeros(n), requires_grad=True)

    def forward(self, x):
        return self.gamma * x + self.beta
""",
        ),
        Example(
            text="""\
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = data
        self.requires_grad = requires_grad


class Linear:
    def __init__(self, n):
        self.W = Tensor(randn(n))

    def forward(self, x):
        return x @ self.W
""",
            fixed="""\
class Tensor:
    def __init__(self, data, requires_grad=False):
        self.data = data
        self.requires_grad = requires_grad


class Linear:
    def __init__(self, n):
        self.W = Tensor(randn(n), requires_grad=True)

    def forward(self, x):
        return x @ self.W
""",
        ),
        Example(
            text="""\
class Dense:
    def __init__(self, n):
        self.weight = Tensor(randn(n), requires_grad=True)
        self.bias = Tensor(zeros(n))

    def __call__(self, x):
        return x * self.weight + self.bias
""",
            fixed="""\
class Dense:
    def __init__(self, n):
        self.weight = Tensor(randn(n), requires_grad=True)
        self.bias = Tensor(zeros(n), requires_grad=True)

    def __call__(self, x):
        return x * self.weight + self.bias
""",
        ),
    ),
    good=(
        """\
class Norm:
    def __init__(self, n):
        self.gamma = Tensor(np.ones(n), requires_grad=True)
        self.running_mean = Tensor(np.zeros(n))

    def forward(self, x):
        return self.gamma * x - self.running_mean
""",
        """\
class Tensor:
    def __init__(self, data, requires_grad=True):
        self.data = data
        self.requires_grad = requires_grad


class Linear:
    def __init__(self, n):
        self.W = Tensor(randn(n))

    def forward(self, x):
        return x @ self.W
""",
        """\
class Dense:
    def __init__(self, n):
        self.weight = Tensor(randn(n), requires_grad=True)
        self.bias = Tensor(zeros(n))
        self.bias.requires_grad = True

    def __call__(self, x):
        return x * self.weight + self.bias
""",
    ),
)
