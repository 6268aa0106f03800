"""GRC009: `requires_grad` set on a result so that `backward` stops complaining."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.model import Example, Hit, Mark, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_WRAPPERS = frozenset({"Variable", "Parameter"})
_DRIVEN = re.compile(r"\.backward\(")
_FLAGGED = re.compile(r"requires_grad(?:_\s*\(|\s*=)")
_OWNER = re.compile(r"(\w+)\s*\.?\s*\Z")
#: Characters looked through for the name that stands before a dot.
_NEAR = 80
_TRUE = re.compile(r"\(?\s*(?:requires_grad\s*=\s*)?(?:True|1)?\s*,?\s*\)?\Z")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find a flag set on a name that was computed before and is back-propagated after."""
    if ".backward(" not in module.text or not _may_flag(module.text):
        return
    for flagging in module.root.find_all(any=[{"kind": "assignment"}, {"kind": "call"}]):
        yield from _silenced(flagging, module)


def _may_flag(text: str) -> bool:
    """Whether a name that is back-propagated, or what may be on the spot, is given the flag or wrapped somewhere."""
    if any(word in text for word in _WRAPPERS):
        return True
    driven, flagged = _owners(_DRIVEN, text), _owners(_FLAGGED, text)
    return not driven.isdisjoint(flagged) or ("" in driven and bool(flagged))


def _owners(use: re.Pattern[str], text: str) -> set[str]:
    """The names before each use; "" for what has none, such as a call."""
    before = (text[max(0, match.start() - _NEAR) : match.start()] for match in use.finditer(text))
    return {match[1] if (match := _OWNER.search(one)) else "" for one in before}


def _silenced(node: SgNode, module: Module) -> Iterator[Hit]:
    target = _flagged(node, module)
    if target is None:
        return
    name = target.text()
    scope = module.function_of(node) or module.root
    position = node.range().start.index
    if not _back_propagated(name, scope, position, node.range().end.index):
        return
    origin = _computed(name, scope, position)
    if origin is not None:
        yield Hit(
            node=node,
            message=f"`{name}` is a result: its flag silences the error that shows the graph was cut before it",
            steps=(
                Mark(node=origin, note=f"`{name}` is computed here; its graph is cut at this line or before"),
                Mark(node=node, note="the flag makes a leaf of it, and `backward()` ends there"),
            ),
        )


def _flagged(node: SgNode, module: Module) -> SgNode | None:
    """The name whose flag a node sets, or None."""
    if node.kind() == "assignment":
        target, value = node.field("left"), node.field("right")
        if target is None or value is None:
            return None
        if target.kind() == "attribute" and value.text() == "True":
            attribute = target.field("attribute")
            return _plain(target.field("object")) if attribute and attribute.text() == "requires_grad" else None
        return None
    function, arguments = node.field("function"), node.field("arguments")
    if function is None or arguments is None:
        return None
    attribute = function.field("attribute") if function.kind() == "attribute" else None
    if attribute and attribute.text() == "requires_grad_" and _TRUE.match(arguments.text()):
        return _plain(function.field("object"))
    last = module.dotted(function).rpartition(".")[2]
    given = [child for child in arguments.children() if child.is_named()]
    if (
        last in _WRAPPERS
        and given
        and (last == "Parameter" or "requires_grad=True" in arguments.text().replace(" ", ""))
    ):
        return _plain(given[0])
    return None


def _plain(node: SgNode | None) -> SgNode | None:
    return node if node is not None and node.kind() == "identifier" else None


def _back_propagated(name: str, scope: SgNode, start: int, end: int) -> bool:
    """Whether `name.backward()` follows, or the wrapped name itself is back-propagated on the spot."""
    after = scope.text()
    offset = scope.range().start.index
    rest = after[end - offset :]
    return (
        bool(re.match(r"\s*\.backward\(", rest) or re.search(rf"\b{re.escape(name)}\.backward\(", rest))
        and start >= offset
    )


def _computed(name: str, scope: SgNode, position: int) -> SgNode | None:
    """The last assignment of a computed value to `name` before `position`; None where it is an input or a leaf."""
    last = None
    for assignment in scope.find_all(any=[{"kind": "assignment"}, {"kind": "augmented_assignment"}]):
        target = assignment.field("left")
        place = assignment.range()
        if target is None or target.text() != name or place.start.index >= position or place.end.index > position:
            continue
        last = assignment
    if last is None or last.kind() == "augmented_assignment":
        return last
    value = last.field("right")
    return last if value is not None and _is_result(value) else None


def _is_result(value: SgNode) -> bool:
    if value.kind() in {"binary_operator", "unary_operator"}:
        return True
    if value.kind() != "call":
        return False
    function = value.field("function")
    last = function.text().rpartition(".")[2] if function else ""
    return not _MAKES_LEAF.search(last)


# Calls whose result is an input or a leaf: fresh tensors, copies, loaded data.
_MAKES_LEAF = re.compile(
    r"\A(?:tensor|Tensor|Variable|Parameter|as_tensor|from_numpy|\w*Tensor|(?:zeros|ones|rand|randn|randint|empty|full)"
    r"(?:_like)?|arange|linspace|eye|clone|detach|to|cuda|cpu|float|double|half|load|next|get\w*|new\w*|pop|copy|deepcopy)\Z"
)


RULE = Rule(
    code="GRC009",
    name="grad_bandaid",
    summary="`requires_grad` set on a computed result before `backward`",
    why=(
        "The error it silences said that the graph was cut further up. With the flag set, `backward` runs and stops at "
        "once: every parameter's gradient stays None and nothing is trained."
    ),
    remedy="Remove the flag and look upstream: find what turned the tensor into raw data before this line.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=(b"requires_grad", b"Parameter("),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="def step(f, x, t):\n    loss = mse(f(x), t)\n    loss.requires_grad_(True)\n    loss.backward()\n"
        ),
        Example(text="def step(a, b):\n    total = a + b\n    total.requires_grad = True\n    total.backward()\n"),
        Example(text="def step(f, x):\n    loss = f(x)\n    Variable(loss, requires_grad=True).backward()\n"),
    ),
    good=(
        "def step(f, x):\n    loss = f(x)\n    assert loss.grad_fn is not None\n    loss.backward()\n",
        "def attack(f, x):\n    x.requires_grad_(True)\n    loss = f(x)\n    loss.backward()\n    return x.grad\n",
        "def leaf():\n    w = torch.randn(3)\n    w.requires_grad_()\n    w.sum().backward()\n    w.backward()\n",
    ),
)
