"""GRC606: a derivative that applies the activation itself, given the output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, every_function
from gradcheck.scan.facts.layers import layers, pairs
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_STEM = re.compile(r"sigmoid|tanh", re.IGNORECASE)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find calls that hand an output to a derivative which applies the activation once more."""
    for _, forward, backward in pairs(module):
        if forward is None or not _STEM.search(forward.name) or not _applies(backward, forward.name):
            continue
        for function in every_function(module):
            yield from _twice(function, forward.name, backward.name, "")
    for layer in layers(module):
        yield from _in_layer(layer.methods)


def _is_defined(module: Module) -> bool:
    return any(_STEM.search(name) for name in module.defined)


def _in_layer(methods: dict[str, Function]) -> Iterator[Hit]:
    for name, method in methods.items():
        stem = _STEM.search(name)
        if stem is None or name == stem[0] or stem[0] not in methods or not _applies(method, stem[0]):
            continue
        made = {
            one.target
            for function in methods.values()
            for one in function.statements
            if re.fullmatch(rf"self\.{stem[0]}\(.*\)", one.value) and one.target.startswith("self.")
        }
        others = {
            one.target
            for function in methods.values()
            for one in function.statements
            if one.target in made and not one.value.startswith(f"self.{stem[0]}(") and one.value != "None"
        }
        for function in methods.values():
            for one in function.statements:
                for given in re.findall(rf"self\.{name}\((self\.\w+)\)", one.value):
                    if given in made - others:
                        yield _hit(one.node, name, given, stem[0])
            yield from _twice(function, stem[0], name, "self.")


def _applies(derivative: Function, activation: str) -> bool:
    """Whether a derivative is in terms of the input: it applies the activation to its only argument."""
    if len(derivative.parameters) != 1:
        return False
    given = derivative.parameters[0]
    first = derivative.statements[0] if derivative.statements else None
    if first is not None and first.target == given:
        return False
    return bool(re.search(rf"(?<!\w){activation}\({given}\)", derivative.code))


def _twice(function: Function, activation: str, derivative: str, prefix: str) -> Iterator[Hit]:
    outputs: dict[str, bool] = {}
    for one in function.statements:
        for given in re.findall(rf"(?<![\w.]){re.escape(prefix)}{derivative}\((\w+)\)", one.value):
            if outputs.get(given):
                yield _hit(one.node, derivative, given, activation)
        if one.target.isidentifier():
            whole = re.fullmatch(rf"{re.escape(prefix)}{activation}\((.*)\)", one.value)
            outputs[one.target] = bool(whole) and _balanced(whole[1] if whole else "") and outputs.get(one.target, True)


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return True


def _hit(node: SgNode, derivative: str, given: str, activation: str) -> Hit:
    return Hit(node=node, message=f"`{derivative}` applies `{activation}` itself, and `{given}` is already its output")


RULE = Rule(
    code="GRC606",
    name="input_derivative_of_output",
    summary="A derivative that applies the activation itself, given the output",
    why=(
        "The activation is applied twice: the slope is that at another point, smooth and plausible, so "
        "training goes on and ends worse."
    ),
    remedy=("Hand the derivative the value before the activation, or write it for the output: y (1 - y), 1 - y ** 2."),
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    worth=_is_defined,
    needles=(b"igmoid", b"anh"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))


def train(x, w, y):
    a = sigmoid(x @ w)
    return x.T @ ((a - y) * sigmoid_prime(a))
"""
        ),
        Example(
            text="""\
def tanh(x):
    return np.tanh(x)


def tanh_derivative(x):
    return 1 - tanh(x) ** 2


def step(x, w):
    h = tanh(x @ w)
    return tanh_derivative(h)
"""
        ),
        Example(
            text="""\
class Sigmoid:
    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def sigmoid_prime(self, x):
        return self.sigmoid(x) * (1 - self.sigmoid(x))

    def forward(self, x):
        self.out = self.sigmoid(x)
        return self.out

    def backward(self, g):
        return g * self.sigmoid_prime(self.out)
"""
        ),
    ),
    good=(
        """\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(x):
    return sigmoid(x) * (1 - sigmoid(x))


def train(x, w, y):
    z = x @ w
    a = sigmoid(z)
    return x.T @ ((a - y) * sigmoid_prime(z))
""",
        """\
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_prime(y):
    return y * (1 - y)


def train(x, w):
    a = sigmoid(x @ w)
    return sigmoid_prime(a)
""",
        """\
def tanh(x):
    return np.tanh(x)


def tanh_derivative(x):
    return 1 - tanh(x) ** 2


def step(x, w):
    h = x @ w
    return tanh(h), tanh_derivative(h)
""",
    ),
)
