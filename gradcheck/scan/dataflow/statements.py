"""What statements do to the values of names: in order, both branches of an `if`, loops twice."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.expressions import bind, combine, element, evaluate
from gradcheck.scan.dataflow.frame import Frame
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.operations import is_edge
from gradcheck.scan.dataflow.values import FRESH, NOTHING, Taint, Value, joined, union
from gradcheck.scan.facts.classes import PLAIN_ATTRIBUTES
from gradcheck.scan.model import Mark
from gradcheck.source.signatures import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ast_grep_py import SgNode

NO_GRADIENT = re.compile(
    r"\bno_grad\b|\binference_mode\b|set_grad_enabled\(\s*(?:mode\s*=\s*)?False|\bdisable_grad|\bstop_grad"
)
_GRADIENT_FLAG = re.compile(
    r"requires?_?grad|grad_enabled|is_grad|enable_grad|no_grad|trainable|needs_grad|isinstance\("
)
_NEW = (Kind.WRAPPED, Kind.COPIED, Kind.HELD)
_WRITES_NO_VALUES = frozenset({"detach_", "requires_grad_", "share_memory_"})
#: Times a loop's body is read: what the end of it says of its beginning is known in the second.
_PASSES = 2
_LEAVES = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})


def execute(block: SgNode | None, frame: Frame) -> None:
    """Read the statements of a block in order."""
    if block is None:
        return
    before = frame.frozen
    for statement in block.named_children():
        kind = statement.kind()
        handler = _BY_KIND.get(kind)
        if handler is not None:
            handler(statement, frame)
        if kind == "if_statement" and _leaves_with_gradient(statement):
            frame.frozen += 1  # what follows `if requires_grad: return ...` runs where no gradient is asked for
    frame.frozen = before


def returned_by(definition: SgNode, values: Sequence[Value], frame: Frame) -> Value:
    """What a function defined in the one being read returns for the values given."""
    inner = replace(frame, environment=dict(frame.environment), returned=[], depth=frame.depth + 1)
    listed = definition.field("parameters")
    names = [parameter.name for parameter in parameters_of(listed)] if listed else []
    for number, name in enumerate(names):
        inner.environment[name] = values[number] if number < len(values) else NOTHING
    execute(definition.field("body"), inner)
    return union(*(value for value, _ in inner.returned)) if inner.returned else NOTHING


def _expression(statement: SgNode, frame: Frame) -> None:
    for child in statement.named_children():
        kind = child.kind()
        if kind == "assignment":
            _assignment(child, frame)
        elif kind == "augmented_assignment":
            _augmented(child, frame)
        elif kind != "comment":
            evaluate(child, frame)
            _notice_in_place(child, frame)


def _assignment(node: SgNode, frame: Frame) -> Value:
    target, source = node.field("left"), node.field("right")
    if source is None or target is None:
        return NOTHING
    value = _assignment(source, frame) if source.kind() == "assignment" else evaluate(source, frame)
    if frame.frozen:  # what is computed without a graph has no history
        value = replace(value, taints=(), is_fresh=True, parts=None)
    kind = target.kind()
    if kind == "attribute":
        _to_attribute(node, target, source, value, frame)
    elif kind == "subscript":
        _to_subscript(node, target, value, frame)
    else:
        if kind == "identifier":
            (frame.lists.add if _is_list(source) else frame.lists.discard)(target.text())
            if source.kind() == "lambda":
                frame.closures[target.text()] = source
        bind(target, value, frame)
    return value


def _is_list(source: SgNode) -> bool:
    return source.kind() in {"list", "list_comprehension"} or source.text() in {"list()", "deque()"}


def _to_attribute(node: SgNode, target: SgNode, source: SgNode, value: Value, frame: Frame) -> None:
    base, label = target.field("object"), target.field("attribute")
    if base is None or label is None:
        return
    name = label.text()
    owner = evaluate(base, frame)
    if frame.is_raw_attribute(name) and base.kind() == "identifier":
        _write_data(node, base, owner, value, frame)
        return
    made = {taint.key for taint in owner.taints if taint.kind in _NEW}
    if made and _is_edge(name, source, frame):
        frame.attached.update(made)
    if name in {"requires_grad", "name", "grad"}:
        return
    bind(target, value, frame)


def _is_edge(name: str, source: SgNode, frame: Frame) -> bool:
    """Whether an attribute of a new tensor leads back: by its name, by what is stored, or by what its class says."""
    if is_edge(name) or (name not in PLAIN_ATTRIBUTES and _leads_back(source, frame)):
        return True
    return name in frame.module.project.edge_attributes()


def _leads_back(source: SgNode, frame: Frame) -> bool:
    """Whether what is stored beside a new tensor is a function or holds other tensors."""
    return source.kind() in {"lambda", "tuple", "list", "set", "call"} or source.text() in frame.closures


def _to_subscript(node: SgNode, target: SgNode, value: Value, frame: Frame) -> None:
    base = target.field("value")
    if base is None:
        return
    if base.kind() == "identifier":
        name = base.text()
        frame.environment[name] = union(frame.environment.get(name, NOTHING), value)
    elif base.kind() == "attribute":
        label, owner = base.field("attribute"), base.field("object")
        if label is not None and owner is not None and frame.is_raw_attribute(label.text()):
            _write_data(node, owner, evaluate(owner, frame), value, frame)
        elif label is not None and label.text().startswith("_"):
            return


def _write_data(node: SgNode, owner: SgNode, known: Value, value: Value, frame: Frame) -> None:
    """`out.data[...] = raw`: a tensor made here is filled with what left the graph, or a result is written to."""
    if frame.frozen or owner.kind() != "identifier":
        return
    raw = value.of(Kind.RAW, Kind.NUMPY)
    name = owner.text()
    if raw and known.is_fresh and known.is_tensor and not frame.uses_torch:
        note = f"`{name}` is filled with it, without an edge back to where it came from"
        taint = Taint(Kind.WRAPPED, node.range().start.index, node, (*raw[0].steps, Mark(node=node, note=note)))
        frame.environment[name] = replace(known, taints=(taint,), is_fresh=False)
    elif known.is_tensor and not known.is_fresh and frame.uses_torch and not raw:
        _mutate(node, name, known, frame)


def _notice_in_place(node: SgNode, frame: Frame) -> None:
    """`y.data.clamp_(...)` as a statement."""
    callee = node.field("function") if node.kind() == "call" else None
    label = callee.field("attribute") if callee is not None and callee.kind() == "attribute" else None
    base = callee.field("object") if callee is not None and callee.kind() == "attribute" else None
    if label is None or base is None or base.kind() != "attribute" or frame.frozen or not frame.uses_torch:
        return
    owner, attribute = base.field("object"), base.field("attribute")
    if owner is None or attribute is None or owner.kind() != "identifier" or attribute.text() != "data":
        return
    method = label.text()
    known = frame.environment.get(owner.text(), NOTHING)
    writes = method.endswith("_") and not method.startswith("_") and method not in _WRITES_NO_VALUES
    if writes and known.is_tensor and not known.is_fresh:
        _mutate(node, owner.text(), known, frame)


def _mutate(node: SgNode, name: str, known: Value, frame: Frame) -> None:
    if known.of(Kind.DETACHED):
        return
    note = f"`{name}` is a result of the graph, and its values are exchanged behind the graph's back"
    taint = Taint(Kind.MUTATED, node.range().start.index, node, (Mark(node=node, note=note),))
    frame.environment[name] = replace(known, taints=(*known.taints, taint))


def _augmented(node: SgNode, frame: Frame) -> None:
    target, source, sign = node.field("left"), node.field("right"), node.field("operator")
    value = evaluate(source, frame)
    if target is None:
        return
    if target.kind() == "identifier":
        name = target.text()
        known = frame.environment.get(name, NOTHING)
        if name in frame.lists:
            frame.environment[name] = union(known, value)
        else:
            frame.environment[name] = combine(known, value, sign.text() if sign else "", frame)
    elif target.kind() == "subscript":
        _to_subscript(node, target, value, frame)
    elif target.kind() == "attribute":
        base, label = target.field("object"), target.field("attribute")
        if base is not None and label is not None and frame.is_raw_attribute(label.text()):
            _write_data(node, base, evaluate(base, frame), value, frame)


def _return(statement: SgNode, frame: Frame) -> None:
    given = statement.named_children()
    if given and not (frame.frozen and frame.depth == 0):
        frame.returned.append((evaluate(given[0], frame), statement))


def _if(statement: SgNode, frame: Frame) -> None:
    condition = statement.field("condition")
    evaluate(condition, frame)
    text = condition.text() if condition else ""
    about_gradients = bool(_GRADIENT_FLAG.search(text)) and "isinstance" not in text
    negated = text.lstrip("( ").startswith("not ") or "no_grad" in text
    start = dict(frame.environment)
    _branch(statement.field("consequence"), frame, frozen=about_gradients and negated)
    outcomes = [] if _leaves(statement.field("consequence")) else [frame.environment]
    covered = False
    for child in statement.named_children():
        if child.kind() in {"elif_clause", "else_clause"}:
            covered = covered or child.kind() == "else_clause"
            body = child.field("consequence") or child.field("body")
            frame.environment = dict(start)
            evaluate(child.field("condition"), frame)
            _branch(body, frame, frozen=about_gradients and not negated)
            if not _leaves(body):
                outcomes.append(frame.environment)
    if not covered:
        outcomes.append(start)
    frame.environment = _merged(outcomes) if outcomes else start


def _branch(body: SgNode | None, frame: Frame, *, frozen: bool) -> None:
    frame.frozen += frozen
    frame.environment = dict(frame.environment)
    execute(body, frame)
    frame.frozen -= frozen


def _leaves(block: SgNode | None) -> bool:
    statements = [child for child in block.named_children() if child.kind() != "comment"] if block else []
    return bool(statements) and statements[-1].kind() in _LEAVES


def _leaves_with_gradient(statement: SgNode) -> bool:
    condition = statement.field("condition")
    text = condition.text() if condition else ""
    if not _GRADIENT_FLAG.search(text) or "isinstance" in text or text.lstrip("( ").startswith("not "):
        return False
    return _leaves(statement.field("consequence"))


def _merged(outcomes: list[dict[str, Value]]) -> dict[str, Value]:
    merged = dict(outcomes[0])
    for other in outcomes[1:]:
        for name in merged.keys() | other.keys():
            if name in merged and name in other:
                merged[name] = joined(merged[name], other[name])
            else:
                merged[name] = merged[name] if name in merged else other[name]
    return merged


def _for(statement: SgNode, frame: Frame) -> None:
    bind(statement.field("left"), element(statement.field("right"), frame), frame)
    _loop(statement, frame)


def _while(statement: SgNode, frame: Frame) -> None:
    evaluate(statement.field("condition"), frame)
    _loop(statement, frame)


def _loop(statement: SgNode, frame: Frame) -> None:
    start = dict(frame.environment)
    for _ in range(_PASSES):
        execute(statement.field("body"), frame)
        frame.environment = _merged([start, frame.environment])
    otherwise = statement.field("alternative")
    execute(otherwise.field("body") if otherwise else None, frame)


def _with(statement: SgNode, frame: Frame) -> None:
    clause = next((child for child in statement.named_children() if child.kind() == "with_clause"), None)
    frozen = bool(clause and NO_GRADIENT.search(clause.text()))
    frame.frozen += frozen
    execute(statement.field("body"), frame)
    frame.frozen -= frozen


def _blocks(statement: SgNode, frame: Frame) -> None:
    """`try` and `match`: any of the blocks may run."""
    start = dict(frame.environment)
    outcomes = []
    for child in statement.named_children():
        body = (
            child if child.kind() == "block" else next((b for b in child.named_children() if b.kind() == "block"), None)
        )
        frame.environment = dict(start)
        if body is not None and statement.kind() == "match_statement":
            for case in body.named_children():
                frame.environment = dict(start)
                execute(case.field("consequence"), frame)
                outcomes.append(frame.environment)
        else:
            execute(body, frame)
            outcomes.append(frame.environment)
    frame.environment = _merged([start, *outcomes])


def _define(statement: SgNode, frame: Frame) -> None:
    definition = statement.field("definition") if statement.kind() == "decorated_definition" else statement
    if definition is None or definition.kind() != "function_definition":
        return
    name = definition.field("name")
    if name is not None:
        frame.closures[name.text()] = definition
        frame.environment[name.text()] = FRESH


_BY_KIND: dict[str, Callable[[SgNode, Frame], None]] = {
    "expression_statement": _expression,
    "return_statement": _return,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "with_statement": _with,
    "try_statement": _blocks,
    "match_statement": _blocks,
    "function_definition": _define,
    "decorated_definition": _define,
}
