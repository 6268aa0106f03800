"""GRC605: a derivative written in terms of the output, given the input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import functions_with
from gradcheck.scan.facts.layers import paired, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

# Forms of 1 / (1 + exp(-x)) and of tanh, and of their derivatives y (1 - y) and 1 - y ** 2.
_SIGMOID = re.compile(r"1/\(1\+(?:\w+\.)*exp\(-|\b(?:\w+\.)*(?:sigmoid|expit)\(", re.IGNORECASE)
_TANH = re.compile(r"\b(?:np|numpy|math|cp|xp|scipy)\.tanh\(|\btanh\(")
_COMPLEMENT = r"(?<![\w.)\]]){0}\*\(1-{0}\)|\(1-{0}\)\*{0}(?![\w.([])"
_SQUARE = r"\(?1-(?:{0}\*\*2|{0}\*{0}|(?:\w+\.)*(?:square|power)\({0}(?:,2)?\))(?![\w.([])"
_NAME = re.compile(
    r"(?:d_?|deriv_?|grad_?)?(?P<stem>sigmoid|tanh)(?:_?(?:derivative|deriv|prime|grad|gradient|d|"
    r"backward))?\Z",
    re.IGNORECASE,
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find layers that keep their input and use it in the formula for the output, and such calls of helpers."""
    yield from _in_layers(module)
    yield from _in_calls(module)


def _in_layers(module: Module) -> Iterator[Hit]:
    for layer in paired(module):
        if layer.pair is None or not layer.pair[0].parameters:
            continue
        forward, backward = layer.pair
        given = forward.parameters[0]
        if any(one.target == given for one in forward.statements) or "@" in forward.code:
            continue
        kept = {one.target for one in forward.statements if one.value == given and one.target.startswith("self.")}
        later = {one.target for one in forward.statements if one.value != given}
        for kind, made, form in (("sigmoid", _SIGMOID, _COMPLEMENT), ("tanh", _TANH, _SQUARE)):
            if not made.search(forward.code) or made.search(backward.code):
                continue
            for name in sorted(kept - later):
                message = f"`{name}` is the input of `{layer.name}`, and the {kind}'s derivative is for its output"
                formula = re.compile(form.format(re.escape(name)))
                yield from (
                    Hit(node=one.node, message=message) for one in backward.statements if formula.search(one.value)
                )


def _in_calls(module: Module) -> Iterator[Hit]:
    """Calls `sigmoid_derivative(z)` of a helper for outputs where `sigmoid(z)` shows that z is an input."""
    for derivative, activation in _helpers_of_outputs(module):
        called = re.compile(rf"(?<!\w){derivative}\(([\w.\[\]]+)\)")
        for function in functions_with(module, re.compile(derivative)):
            code = " ".join(one.value for one in function.statements)
            applied = set(re.findall(rf"(?<!\w){activation}\(([\w.\[\]]+)\)", code))
            rebound = {
                one.target for one in function.statements if f"{activation}({one.target})" in one.value and one.operator
            }
            for one in function.statements:
                for given in called.findall(one.value):
                    if given in applied - rebound:
                        message = f"`{derivative}` wants the output; `{given}` is what `{activation}` is applied to"
                        yield Hit(node=one.node, message=message)


def _helpers_of_outputs(module: Module) -> Iterator[tuple[str, str]]:
    """Names of derivatives that are y (1 - y) or 1 - y ** 2 of their only argument, each with its activation's."""
    for _, forward, backward in pairs(module):
        match = _NAME.match(backward.name)
        if match is None or forward is None or len(backward.parameters) != 1 or len(backward.statements) != 1:
            continue
        form = (_COMPLEMENT if match["stem"].lower() == "sigmoid" else _SQUARE).format(backward.parameters[0])
        if backward.returns and re.fullmatch(rf"\(?(?:{form})\)?", backward.returns[0].value):
            yield backward.name, forward.name


RULE = Rule(
    code="GRC605",
    name="output_derivative_of_input",
    summary="A derivative in terms of the output, applied to the input",
    why=(
        "y (1 - y) and 1 - y ** 2 are derivatives of sigmoid and tanh where y is the output; of the input "
        "they are no derivative at all."
    ),
    remedy="Keep the output in forward and use that, or apply the activation first.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"sigmoid", b"Sigmoid", b"tanh", b"exp("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Sigmoid:
    def forward(self, x):
        self.x = x
        return 1 / (1 + np.exp(-x))

    def backward(self, g):
        return g * self.x * (1 - self.x)
"""
        ),
        Example(
            text="""\
class Tanh:
    def forward(self, Z):
        self.Z = Z
        return np.tanh(Z)

    def backward(self, g):
        return g * (1 - self.Z**2)
"""
        ),
        Example(
            text="""\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1 - x)


def train(x, w, y):
    z = x @ w
    a = sigmoid(z)
    return x.T @ ((a - y) * sigmoid_derivative(z))
"""
        ),
    ),
    good=(
        """\
class Sigmoid:
    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, g):
        return g * self.y * (1 - self.y)
""",
        """\
class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, g):
        return g * (1 - np.tanh(self.x) ** 2)
""",
        """\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(x):
    return x * (1 - x)


def train(x, w, y):
    a = sigmoid(x @ w)
    return x.T @ ((a - y) * sigmoid_derivative(a))
""",
    ),
)
