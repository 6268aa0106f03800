"""GRC611: a loss that is a mean, with the gradient of the sum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import HAS_BACKWARD, paired
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_LOSS = re.compile(r"loss|error|mse|mae|entropy|bce|nll|criterion|hinge|huber|objective|distance", re.IGNORECASE)
_SIZE = (
    r"(?:self\.)?(?:N|m|n|batch_size|num_samples|n_samples)|[\w.]+\.shape\[0\]|len\([\w.]+\)|[\w.]+\.size|\(\w+\*\w+\)"
)
_QUOTIENT = re.compile(rf"-?(?P<total>[\w.]+|(?:\w+\.)*sum\(.*\))/(?:{_SIZE})")
_SCALED = re.compile(r"\A-?(?:1/2\*|0\.5\*|2\*)?|(?:/2|\*0\.5)?\Z")
_DIVIDED = re.compile(r"/|mean|average|size|shape|len\(|\bN\b|\bm\b|\bn\b|num|count|reduction|scale|batch|factor|norm")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find losses whose forward ends in a mean over everything and whose backward divides nowhere."""
    for layer in paired(module):
        name = layer.name
        if layer.pair is None or not _LOSS.search(" ".join((name, *layer.base_names))) or not _is_mean(layer.pair[0]):
            continue
        forward, backward = layer.pair
        if _DIVIDED.search(backward.code) or not backward.returns or len(forward.parameters) < 2:
            continue
        last = backward.returns[-1]
        if re.search(r"self\.\w+\(|super\(", backward.code) or not re.search(r"-|sign|where", backward.code):
            continue
        if last.value and not any(
            one in backward.parameters[:1] for one in re.findall(r"\w+", last.value) if one.startswith(("d", "g"))
        ):
            yield Hit(node=last.node, message=f"the forward of `{name}` is a mean, its backward divides by nothing")


def _is_mean(forward: Function) -> bool:
    values = {one.target: one.value for one in forward.statements if one.operator == "="}
    returned = [values.get(one.value, one.value) for one in forward.returns]
    return bool(returned) and all(_averages(values.get(one, one)) for one in returned)


def _averages(value: str) -> bool:
    """Whether a value is a mean over everything: `mean` without an axis of its own, or a sum over the batch size."""
    value = _SCALED.sub("", value)
    if value.endswith(".mean()") or _QUOTIENT.fullmatch(value):
        return True
    match = re.fullmatch(r"(?:np|numpy|cp)\.mean\((.*)\)", value)
    return bool(match) and _is_one_argument(match[1] if match else "")


def _is_one_argument(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0 or (character == "," and not depth):
            return False
    return True


RULE = Rule(
    code="GRC611",
    name="mean_loss_not_divided",
    summary="A loss that is a mean, with the gradient of the sum",
    why=(
        "The gradient is too large by the number of entries averaged: the learning rate changes with the size "
        "of the batch."
    ),
    remedy=(
        "Divide by what the mean divides by: `/ prediction.size`, or the batch size where the mean is over "
        "the batch only."
    ),
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class MSE:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean((pred - target) ** 2)

    def backward(self, pred, target):
        return 2 * (pred - target)
"""
        ),
        Example(
            text="""\
class AbsoluteError:
    def forward(self, p, t):
        self.p, self.t = p, t
        loss = np.mean(np.abs(p - t))
        return loss

    def backward(self):
        return np.sign(self.p - self.t)
"""
        ),
        Example(
            text="""\
class CrossEntropyLoss:
    def forward(self, p, t):
        self.p, self.t = p, t
        N = len(p)
        return -np.sum(t * np.log(p)) / N

    def backward(self):
        return self.p - self.t
"""
        ),
    ),
    good=(
        """\
class MSE:
    def forward(self, pred, target):
        return np.mean((pred - target) ** 2)

    def backward(self, pred, target):
        return 2 * (pred - target) / pred.size
""",
        """\
class SSE:
    def forward(self, pred, target):
        return np.sum((pred - target) ** 2)

    def backward(self, pred, target):
        return 2 * (pred - target)
""",
        """\
class MeanSquaredError:
    def forward(self, pred, target):
        return np.mean((pred - target) ** 2, axis=-1)

    def backward(self, pred, target):
        return 2 * (pred - target)
""",
    ),
)
