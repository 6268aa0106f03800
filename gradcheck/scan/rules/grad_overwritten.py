"""GRC107: a gradient stored with `=` in the closure of an operation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, Statement, functions_with
from gradcheck.scan.facts.syntax import plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_CLOSURE = re.compile(r"\A_*(?:backward|backprop|grad_fn|backward_fn|bwd|grad_func|gradient)(?:_\w+)?\Z")
_WORTH = re.compile(r"\.grad\s*=(?!=)")
# What shows that gradients are added up elsewhere in the file, so that an operation that stores its own is alone.
_ADDS = re.compile(r"\n[ \t]+(?!self\.|out\.)\w+\.grad\s*\+=")
_ACCUMULATES = re.compile(r"\b(?:accumulate|add_grad|_acc|acc_grad)\w*")
# Gradients of a pass through the graph, kept in a dictionary by node; it begins with a plain word, and is leapt to.
_KEPT = re.compile(r"grad\w*\[\w+\]\s*=(?!=)")
_ENTRY = re.compile(r"(?P<kept>\w*grad\w*)\[(?P<node>\w+)\]")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find closures that overwrite the gradient of an operand."""
    for function in functions_with(module, _WORTH):
        for closure in function.nested if function.name else ():
            if _CLOSURE.match(closure.name) and closure.name in function.code:
                yield from _overwrites(closure, function)
        if function.name == "backward" and function.parameters and _ADDS.search(module.text):
            yield from _overwrites(function, function)
    for function in functions_with(module, _KEPT):
        for one in function.statements:
            if _loses_other_uses(one, function):
                yield Hit(
                    node=one.node,
                    message=f"`{one.target}` is overwritten: a value used twice keeps what its last use sent",
                )


def _loses_other_uses(one: Statement, function: Function) -> bool:
    """Whether a pass over a node's parents stores a gradient where another use may have left one."""
    entry = _ENTRY.fullmatch(one.target)
    if entry is None or one.operator != "=" or len(one.loops) < 2:
        return False
    kept, node = re.escape(entry["kept"]), entry["node"]
    outer, inner = (loop.field("left") for loop in one.loops[-2:])
    used = {*re.findall(r"\w+", plain(outer))}
    if node not in re.findall(r"\w+", plain(inner)) or used.isdisjoint(re.findall(r"\w+", _iterated(one))):
        return False
    taken = any(re.search(rf"\b{kept}(?:\[{name}\]|\.(?:pop|get)\({name}\b)", function.code) for name in used)
    minded = rf"\b{kept}\[{node}\]\+=|\b{kept}\.(?:get|setdefault)\({node}\b|\bin {kept}\b"
    return taken and not re.search(minded, function.code) and entry[0] not in one.value


def _iterated(one: Statement) -> str:
    return plain(one.loops[-1].field("right"))


def _has_all_of_it(value: str, owner: str, closure: Function) -> bool:
    """Whether a gradient was looked up by its node, in a table where all uses have left theirs."""
    looked_up = re.compile(rf"\w+(?:\[{owner}\]|\.(?:pop|get)\({owner}\b[^()]*\))")
    return bool(looked_up.fullmatch(value)) or any(
        other.target == value and looked_up.fullmatch(other.value) for other in closure.statements
    )


def _overwrites(closure: Function, function: Function) -> Iterator[Hit]:
    if _ACCUMULATES.search(closure.code):
        return
    for one in closure.statements:
        if one.operator != "=" or not one.target.endswith(".grad") or one.target.count(".") != 1:
            continue
        owner = one.target.removesuffix(".grad")
        makes = re.compile(
            rf"(?<![\w.]){re.escape(owner)}\._?(?:backward|grad_fn|prev|ctx)\w*=|return {re.escape(owner)}\b"
        )
        guarded = any("grad" in condition or "None" in condition for condition in one.conditions)
        if any(other.target == owner for other in closure.statements):
            continue  # made anew in the closure, nothing else uses it
        own = re.search(rf"(?<![\w.]){re.escape(one.target)}\b", one.value)
        if (
            guarded
            or own
            or makes.search(function.code)
            or owner == "out"
            or not re.search(r"grad|\bg\b|dout|upstream", one.value)
        ):
            continue
        if re.search(r"zeros|\bNone\b", one.value) or _has_all_of_it(one.value, re.escape(owner), closure):
            continue
        yield Hit(
            node=one.node,
            message=f"`{one.target}` is overwritten: where `{owner}` is used twice, one of its gradients is lost",
        )


RULE = Rule(
    code="GRC107",
    name="grad_overwritten",
    summary="A gradient stored with `=` where it must be added",
    why=(
        "A value used twice (`x * x`, a residual connection) receives a gradient from each use; `=` keeps the last one."
    ),
    remedy="Write `+=`, and set the gradients to zero before the backward pass.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(
        b".grad =",
        b".grad=",
        b"grads[",
    ),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Value:
    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out._backward = _backward
        return out
"""
        ),
        Example(
            text="""\
def tanh(x):
    out = Tensor(np.tanh(x.data))

    def backward():
        x.grad = (1 - out.data**2) * out.grad

    out.backward_fn = backward
    return out
"""
        ),
        Example(
            text="""\
class Tensor:
    def exp(self):
        y = Tensor(np.exp(self.data))

        def grad_fn(g):
            self.grad = g * y.data

        y.grad_fn = grad_fn
        return y
"""
        ),
        Example(
            text="""\
def run(order, grads):
    for node in order:
        upstream = grads.pop(node)
        for parent in node.parents:
            grads[parent] = node.slope(parent) * upstream
"""
        ),
    ),
    good=(
        """\
class Value:
    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out
""",
        """\
class Value:
    def exp(self):
        out = Value(exp(self.data), (self,))

        def _backward():
            self.grad = self.grad + out.data * out.grad

        out._backward = _backward
        return out
""",
        """\
class Tensor:
    def exp(self):
        y = Tensor(np.exp(self.data))

        def backward(g):
            if self.grad is None:
                self.grad = g * y.data
            else:
                self.grad += g * y.data

        y.grad_fn = backward
        return y
""",
        """\
def backprop(order, grads):
    for node in order:
        upstream = grads.pop(node)
        node.grad = upstream
        for parent in node.parents:
            grads[parent] = grads.get(parent, 0.0) + node.slope(parent) * upstream
""",
    ),
)
