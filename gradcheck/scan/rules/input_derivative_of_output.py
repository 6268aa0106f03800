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


def examine(_node: SgNode, module: Module) -> Iterator[Hit]:
    """Find calls that hand an output to a derivative which applies the activation once more."""
    for _, forward, backward in pairs(module):
        if forward is None or not _STEM.search(forward.name) or not _applies(backward, forward.name):
            continue
        for function in every_function(module):
            yield from _twice(function, forward.name, backward.name, "")
    for layer in layers(module):
        yield from _in_layer(layer.methods)


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
    why="The activation is applied twice: the slope is that at another point, smooth and plausible, so training goes on and ends worse.",
    remedy="Hand the derivative the value before the activation, or write it for the output: y (1 - y), 1 - y ** 2.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"igmoid", b"anh"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\n\ndef sigmoid_prime(x):\n    return sigmoid(x) * (1 - sigmoid(x))\n\n\n"
            "def train(x, w, y):\n    a = sigmoid(x @ w)\n    return x.T @ ((a - y) * sigmoid_prime(a))\n"
        ),
        Example(
            text="def tanh(x):\n    return np.tanh(x)\n\n\ndef tanh_derivative(x):\n    return 1 - tanh(x) ** 2\n\n\n"
            "def step(x, w):\n    h = tanh(x @ w)\n    return tanh_derivative(h)\n"
        ),
        Example(
            text="class Sigmoid:\n    def sigmoid(self, x):\n        return 1 / (1 + np.exp(-x))\n\n    def sigmoid_prime(self, x):\n"
            "        return self.sigmoid(x) * (1 - self.sigmoid(x))\n\n    def forward(self, x):\n        self.out = self.sigmoid(x)\n"
            "        return self.out\n\n    def backward(self, g):\n        return g * self.sigmoid_prime(self.out)\n"
        ),
    ),
    good=(
        "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\n\ndef sigmoid_prime(x):\n    return sigmoid(x) * (1 - sigmoid(x))\n\n\n"
        "def train(x, w, y):\n    z = x @ w\n    a = sigmoid(z)\n    return x.T @ ((a - y) * sigmoid_prime(z))\n",
        "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\n\ndef sigmoid_prime(y):\n    return y * (1 - y)\n\n\n"
        "def train(x, w):\n    a = sigmoid(x @ w)\n    return sigmoid_prime(a)\n",
        "def tanh(x):\n    return np.tanh(x)\n\n\ndef tanh_derivative(x):\n    return 1 - tanh(x) ** 2\n\n\n"
        "def step(x, w):\n    h = x @ w\n    return tanh(h), tanh_derivative(h)\n",
    ),
)
