"""What an expression carries, by what its parts carry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow import calls
from gradcheck.scan.dataflow.frame import Frame
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.operations import METADATA
from gradcheck.scan.dataflow.sources import attribute_source
from gradcheck.scan.dataflow.values import FRESH, NOTHING, Taint, Value, joined, union
from gradcheck.scan.facts.roles import is_constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from ast_grep_py import SgNode

_LITERALS = frozenset({"integer", "float", "string", "concatenated_string", "true", "false", "none", "ellipsis"})
_INNER = frozenset({"parenthesized_expression", "await", "list_splat", "unary_operator", "dictionary_splat", "type"})
_DISPLAYS = frozenset({"list", "tuple", "set", "expression_list"})
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "generator_expression", "set_comprehension", "dictionary_comprehension"}
)
#: A new tensor that is subtracted as the largest entry changes no gradient: the shift of a stable softmax.
_SHIFT = ("max(", "max_")


def evaluate(node: SgNode | None, frame: Frame) -> Value:
    """The value of an expression."""
    if node is None:
        return NOTHING
    kind = node.kind()
    if kind in _LITERALS:
        return FRESH
    special = _BY_KIND.get(kind)
    if special is not None:
        return special(node, frame)
    if kind in _INNER:
        return union(*(evaluate(child, frame) for child in node.named_children() if child.kind() != "comment"))
    if kind in _DISPLAYS:
        return _display(node, frame)
    if kind in _COMPREHENSIONS:
        return _comprehension(node, frame)
    return NOTHING


def bind(target: SgNode | None, value: Value, frame: Frame) -> None:
    """Give names their values; a name that was known is replaced."""
    if target is None:
        return
    kind = target.kind()
    if kind == "identifier":
        frame.environment[target.text()] = value
    elif kind in {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list"}:
        names = [child for child in target.named_children() if child.kind() != "comment"]
        parts = value.parts if value.parts is not None and len(value.parts) == len(names) else None
        for number, child in enumerate(names):
            bind(child, parts[number] if parts else value, frame)
    elif kind in {"list_splat_pattern", "list_splat", "parenthesized_expression", "as_pattern_target"}:
        for child in target.named_children():
            bind(child, value, frame)
    elif kind == "attribute":
        frame.environment["".join(target.text().split())] = value


def _identifier(node: SgNode, frame: Frame) -> Value:
    return frame.environment.get(node.text(), NOTHING)


def _attribute(node: SgNode, frame: Frame) -> Value:
    written = "".join(node.text().split())
    known = frame.environment.get(written)
    if known is not None:
        return known
    label = node.field("attribute")
    base = node.field("object")
    name = label.text() if label else ""
    if name in METADATA or base is None:
        return FRESH
    value = evaluate(base, frame)
    if frame.is_raw_attribute(name):
        return attribute_source(node, base, value, frame)
    if written.startswith("self.") and not value.of(Kind.RAW, Kind.NUMPY):
        return _left_by_a_method(written, frame)
    return value.whole()


def _left_by_a_method(written: str, frame: Frame) -> Value:
    """What the methods that were called before have left in an attribute of `self`; a state from before is none."""
    if is_constant(written.rpartition(".")[2]):
        return NOTHING
    return union(*(frame.stored(frame.function, method, written) for method in frame.called))


def _call(node: SgNode, frame: Frame) -> Value:
    return calls.evaluate_call(node, frame, evaluate)


def _subscript(node: SgNode, frame: Frame) -> Value:
    base = node.field("value")
    value = evaluate(base, frame)
    index = node.field("subscript")
    if value.parts is not None and index is not None and index.kind() == "integer":
        position = int(index.text(), 0)
        if position < len(value.parts):
            return value.parts[position]
    return value.whole()


def _binary(node: SgNode, frame: Frame) -> Value:
    left, right = node.field("left"), node.field("right")
    sign = node.field("operator")
    operator = sign.text() if sign else ""
    return combine(evaluate(left, frame), evaluate(right, frame), operator, frame)


def combine(left: Value, right: Value, operator: str, frame: Frame) -> Value:
    """What an arithmetic operator makes of two values."""
    if operator in {"-", "-="}:
        shifts = [taint for taint in right.taints if _is_shift(taint)]
        frame.attached.update(taint.key for taint in shifts)
        right = right.only(lambda taint: taint not in shifts) if shifts else right
    if operator not in {"+", "-", "+=", "-="}:
        # A number that scales a tensor is a weight, a mask that multiplies it a choice: neither is an addend.
        scaled = operator in {"*", "/", "*=", "/="}
        left, right = _factor(left, right, scaled=scaled), _factor(right, left, scaled=scaled)
    return union(left, right)


def _factor(value: Value, other: Value, *, scaled: bool) -> Value:
    if other.is_fresh:
        return value
    dropped = {Kind.NUMBER, Kind.ROUNDED}
    if scaled and not other.of(Kind.DETACHED):
        dropped.add(Kind.DETACHED)  # a coefficient that is meant to be constant
    return value.only(lambda taint: taint.kind not in dropped)


def _is_shift(taint: Taint) -> bool:
    if taint.kind not in {Kind.WRAPPED, Kind.COPIED, Kind.DETACHED, Kind.RETURNED, Kind.RAW}:
        return False
    texts = [taint.node.text(), *(step.node.text() for step in taint.steps if hasattr(step, "node"))]
    return any(word in text for text in texts for word in _SHIFT)


def _boolean(node: SgNode, frame: Frame) -> Value:
    return joined(evaluate(node.field("left"), frame), evaluate(node.field("right"), frame))


def _comparison(node: SgNode, frame: Frame) -> Value:
    for child in node.named_children():
        evaluate(child, frame)
    return FRESH


def _conditional(node: SgNode, frame: Frame) -> Value:
    given = [child for child in node.named_children() if child.kind() != "comment"]
    if len(given) != 3:
        return NOTHING
    return joined(evaluate(given[0], frame), evaluate(given[2], frame))


def _named(node: SgNode, frame: Frame) -> Value:
    value = evaluate(node.field("value"), frame)
    bind(node.field("name"), value, frame)
    return value


def _lambda(node: SgNode, frame: Frame) -> Value:
    return evaluate(node.field("body"), frame)


def _display(node: SgNode, frame: Frame) -> Value:
    parts = tuple(evaluate(child, frame) for child in node.named_children() if child.kind() != "comment")
    return replace(union(*parts), parts=parts, is_tensor=False, is_fresh=all(part.is_fresh for part in parts))


def _dictionary(node: SgNode, frame: Frame) -> Value:
    pairs = [child for child in node.named_children() if child.kind() == "pair"]
    values = union(*(evaluate(pair.field("value"), frame) for pair in pairs))
    return values.only(lambda taint: taint.kind is not Kind.NUMBER)  # a dictionary of numbers is a log


def _comprehension(node: SgNode, frame: Frame) -> Value:
    kept = dict(frame.environment)
    for clause in node.named_children():
        if clause.kind() == "for_in_clause":
            bind(clause.field("left"), element(clause.field("right"), frame), frame)
    value = evaluate(node.field("body"), frame)
    frame.environment.clear()
    frame.environment.update(kept)
    return value.whole()


def element(iterable: SgNode | None, frame: Frame) -> Value:
    """What a loop over an expression binds: one item of it."""
    if iterable is not None and iterable.kind() == "call":
        callee, arguments = iterable.field("function"), iterable.field("arguments")
        given = [child for child in arguments.named_children() if child.kind() != "comment"] if arguments else []
        name = callee.text() if callee else ""
        if name == "enumerate" and given:
            item = evaluate(given[0], frame).whole()
            return replace(item, parts=(FRESH, item))
        if name == "zip":
            items = tuple(evaluate(one, frame).whole() for one in given)
            return replace(union(*items), parts=items)
    value = evaluate(iterable, frame)
    return replace(value, parts=None, is_fresh=value.is_fresh and value.parts is None)


def _nothing(node: SgNode, frame: Frame) -> Value:
    for child in node.named_children():
        evaluate(child, frame)
    return NOTHING


_BY_KIND: dict[str, Callable[[SgNode, Frame], Value]] = {
    "identifier": _identifier,
    "attribute": _attribute,
    "call": _call,
    "subscript": _subscript,
    "binary_operator": _binary,
    "boolean_operator": _boolean,
    "comparison_operator": _comparison,
    "not_operator": _comparison,
    "conditional_expression": _conditional,
    "named_expression": _named,
    "lambda": _lambda,
    "dictionary": _dictionary,
    "yield": _nothing,
}
