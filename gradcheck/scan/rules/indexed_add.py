"""GRC604: `a[indices] += g`, which adds once per index however often it occurs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, Statement
from gradcheck.scan.facts.layers import HAS_BACKWARD, Layer, layers, pairs
from gradcheck.scan.facts.syntax import plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_GRADIENT = re.compile(r"(?:\A|\.|_)(?:d_?\w+|\w*grad\w*|grads?\[[^\]]+\])\Z", re.IGNORECASE)
_BACKWARD = frozenset({"backward", "grad_fn", "_backward", "vjp"})
_TAKES = re.compile(
    r"\A(?:__getitem__|getitem|get_item|index_select|gather|take|select|embedding|embed|lookup|slice)\Z", re.IGNORECASE
)


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find gradients scattered by an array of indices that the forward looked up with."""
    for name, forward, backward in pairs(module):
        if forward is None:
            continue
        for index in _looked_up(forward, backward):
            yield from _scattered(backward, index, name)
    for layer in layers(module):
        for index in _selects(layer):
            for label in sorted(_BACKWARD & layer.methods.keys()):
                yield from _scattered(layer.methods[label], index, layer.name)
        for name, method in layer.methods.items():
            if _TAKES.match(name) and method.parameters:
                for closure in method.nested:
                    yield from _scattered(closure, method.parameters[0], name)


def _looked_up(forward: Function, backward: Function) -> Iterator[str]:
    """The names under which the backward knows an array that the forward indexed a parameter with."""
    for parameter in forward.parameters:
        stored = [one.target for one in forward.statements if one.value == parameter and one.target.startswith("self.")]
        names = {parameter, *stored}
        if any(
            re.search(
                rf"\bself\.\w+(?:\.data|\.val|\.value)?\[{re.escape(one)}\]|\bW\[{one}\]|weights?\[{one}\]",
                forward.code,
            )
            for one in names
        ):
            yield from sorted({*stored, *(names & _unpacked(backward))})


def _selects(layer: Layer) -> Iterator[str]:
    """Attributes by which the forward of an operation picks entries: `return x.data[self.key]`."""
    forward = layer.methods.get("forward")
    for one in forward.returns if forward else ():
        match = re.fullmatch(r"[\w.]+\[(self\.\w+)\]", one.value)
        if match and not any(
            part.target.startswith(match[1]) and "slice" in part.value for part in layer.initial.values()
        ):
            yield match[1]


def _unpacked(backward: Function) -> set[str]:
    found = {name for one in backward.statements for name in one.target.strip("()").split(",")}
    return found | set(backward.parameters)


def _scattered(function: Function, index: str, name: str) -> Iterator[Hit]:
    for statement in function.statements:
        base, bracket, rest = statement.target.partition(f"[{index}]")
        if not bracket or rest or statement.operator not in {"=", "+=", "-="} or not _GRADIENT.search(base):
            continue
        if (
            statement.operator == "="
            and re.search(rf"\b{re.escape(base)}\b", statement.value)
            and "add" in statement.value
        ):
            continue
        if _is_single(statement, index):
            continue
        yield Hit(
            node=statement.node,
            message=f"an index that occurs twice in `{index}` is added once to `{base}` in the backward of `{name}`",
            remedy=f"Write `np.add.at({base}, {index}, ...)`.",
        )


def _is_single(statement: Statement, index: str) -> bool:
    """Whether the index is the variable of a loop: one entry at a time."""
    return any(index in re.findall(r"[\w.]+", plain(loop.field("left"))) for loop in statement.loops)


RULE = Rule(
    code="GRC604",
    name="indexed_add",
    summary="A gradient scattered with `a[indices] += g` or `=`",
    why=(
        "NumPy reads `a[indices]`, adds, and writes back once: of an index that occurs several times only one "
        "share arrives. A word that stands twice in a sentence gets half of its gradient."
    ),
    remedy="Write `np.add.at(a, indices, g)`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=HAS_BACKWARD,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Embedding:
    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        self.dW[self.idx] += dout
"""
        ),
        Example(
            text="""\
class Embedding:
    def forward(self, idx):
        self.idx = idx
        return self.weight[idx]

    def backward(self, dout):
        grad = np.zeros(self.weight.shape)
        grad[self.idx] = dout
        return grad
"""
        ),
        Example(
            text="""\
class Tensor:
    def __getitem__(self, key):
        out = Tensor(self.data[key], (self,))

        def _backward():
            self.grad[key] += out.grad

        out._backward = _backward
        return out
"""
        ),
    ),
    good=(
        """\
class Embedding:
    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.idx, dout)
""",
        """\
class Embedding:
    def forward(self, idx):
        self.idx = idx
        return self.W[idx]

    def backward(self, dout):
        for i, word in enumerate(self.idx):
            self.dW[word] += dout[i]
""",
        """\
class Tensor:
    def __getitem__(self, key):
        out = Tensor(self.data[key], (self,))

        def _backward():
            np.add.at(self.grad, key, out.grad)

        out._backward = _backward
        return out
""",
    ),
)
