"""What a call carries: helpers by their summaries, NumPy by its arguments, constructors by what they are given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow import constructors, sources
from gradcheck.scan.dataflow.frame import Frame
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.operations import (
    FRESH_MAKERS,
    NO_DERIVATIVE,
    NUMBER_METHODS,
    ROUNDING,
    TORCH_CONSTRUCTORS,
    attaches,
)
from gradcheck.scan.dataflow.values import FRESH, NOTHING, Taint, Value, union
from gradcheck.scan.facts.roles import is_loss
from gradcheck.scan.model import Mark, Span, Step

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.project import Summary

Evaluate = Callable[["SgNode | None", Frame], Value]

_COLLECTS = frozenset({"add", "append", "appendleft", "extend", "insert"})
_INTEGER = re.compile(r"(?:\w+\.)?(?:u?int\d*|bool_?|long)\b|['\"](?:u?int|bool|i\d|u\d)")
# Who is given detached values on purpose: a discriminator in its own step, a teacher.
_JUDGES = re.compile(r"(?:net_?|model_?)D\b|\AD\Z|[Dd]isc|[Cc]ritic|[Tt]eacher|[Tt]arget")
_NEW = (Kind.WRAPPED, Kind.COPIED, Kind.RETURNED)
_NOT_THROUGH_CLASSES = frozenset({Kind.RAW, Kind.NUMPY, Kind.NUMBER, Kind.ARGUMENT, Kind.ROUNDED})


class Arguments:
    """The arguments of a call, evaluated once."""

    def __init__(self, call: SgNode, frame: Frame, evaluate: Evaluate) -> None:
        listed = call.field("arguments")
        self.nodes: list[tuple[str, SgNode]] = []
        if listed is not None and listed.kind() == "generator_expression":
            self.nodes = [("", listed)]
        elif listed is not None:
            for child in listed.named_children():
                kind = child.kind()
                if kind == "keyword_argument":
                    name, value = child.field("name"), child.field("value")
                    if name is not None and value is not None:
                        self.nodes.append((name.text(), value))
                elif kind != "comment":
                    self.nodes.append(("", child))
        self.values = [evaluate(node, frame) for _, node in self.nodes]

    def all(self) -> Value:
        """What any of them carries."""
        return union(*self.values)

    def named(self, position: int, *keywords: str) -> tuple[SgNode | None, Value]:
        """The argument at a position or under a keyword."""
        for (name, node), value in zip(self.nodes, self.values, strict=True):
            if name and name in keywords:
                return node, value
        if position < len(self.nodes) and not self.nodes[position][0]:
            return self.nodes[position][1], self.values[position]
        return None, NOTHING


def evaluate_call(node: SgNode, frame: Frame, evaluate: Evaluate) -> Value:
    """The value of a call."""
    callee = node.field("function")
    if callee is None:
        return NOTHING
    base = callee.field("object") if callee.kind() == "attribute" else None
    label = callee.field("attribute") if callee.kind() == "attribute" else None
    name = label.text() if label else callee.text() if callee.kind() == "identifier" else ""
    dotted = frame.module.dotted(callee)
    arguments = Arguments(node, frame, evaluate)
    if name == "backward" and base is not None:
        frame.driven.append((evaluate(base, frame), node))
        return NOTHING
    if frame.makes_tape_tensor(callee):
        return constructors.tape_tensor(node, arguments, frame)
    if (
        name in TORCH_CONSTRUCTORS
        and frame.uses_torch
        and (dotted.startswith("torch.") or dotted == name == "Variable")
    ):
        return constructors.torch_tensor(node, name, arguments, frame)
    if _JUDGES.search(name):
        arguments.values = [value.only(lambda taint: taint.kind is not Kind.DETACHED) for value in arguments.values]
    _notice_loss(name, node, arguments, frame)
    if attaches(name):
        _attach(arguments, evaluate(base, frame) if base is not None else NOTHING, frame)
    elif _hands_over_closure(arguments, frame):
        _attach(arguments, NOTHING, frame)
    is_package = (
        base is not None
        and base.kind() in {"identifier", "attribute"}
        and bool(frame.module.names.dotted(base.text().partition(".")[0]))
    )
    if base is not None and not is_package:
        return _method(node, base, name, arguments, frame, evaluate)
    return _function(node, name, dotted, arguments, frame)


def _method(node: SgNode, base: SgNode, name: str, arguments: Arguments, frame: Frame, evaluate: Evaluate) -> Value:
    written = "".join(base.text().split())
    if written in {"self", "cls", "super()"}:
        if written == "self":
            frame.called[name] = None
        return _helper(node, f".{name}", arguments, frame, own=True)
    value = evaluate(base, frame)
    if frame.is_raw_method(name):
        return sources.method_source(node, base, value, name, frame)
    if name == "detach":
        return sources.detached(node, base, value, frame)
    if name in NUMBER_METHODS:
        return sources.number_source(node, value, f".{name}()", frame)
    if name in _COLLECTS and base.kind() == "identifier":
        return _collect(written, arguments, frame)
    if name in _COLLECTS and base.kind() == "attribute" and base.field("object") is not None:
        frame.attached.update(
            taint.key for taint in evaluate(base.field("object"), frame).of(*_NEW)
        )  # `out.parents.append(x)`
    if name in NO_DERIVATIVE or (name in {"astype", "to", "type"} and _INTEGER.match(_first_text(arguments))):
        return _rounded(node, name, value, frame)
    if not name:
        return union(value, arguments.all())
    everything = union(value, arguments.all().only(lambda taint: taint.kind is not Kind.NUMBER))
    is_leaf = name in {"clone", "requires_grad_"}  # what is made to be a leaf may be written to
    return replace(_operated(everything, node, f".{name}()"), is_tensor=value.is_tensor and not is_leaf)


def _function(node: SgNode, name: str, dotted: str, arguments: Arguments, frame: Frame) -> Value:
    if name == "float":
        given = arguments.all()
        return sources.number_source(node, given, "float()", frame) if given.is_tensor else given
    if name in NO_DERIVATIVE:
        return _rounded(node, name, arguments.all(), frame)
    if name in FRESH_MAKERS and not arguments.all().taints:
        return FRESH
    if dotted.startswith("numpy.random.") or dotted in {"torch.rand", "torch.randn"}:
        return FRESH
    if name == "where" and len(arguments.values) == 3:
        return _operated(union(*arguments.values[1:]), node, dotted)
    if any(keyword == "dtype" and _INTEGER.match(given.text()) for keyword, given in arguments.nodes):
        return _rounded(node, name, arguments.all(), frame)
    if name in frame.closures and frame.depth == 0:
        return _closure(node, name, arguments, frame)
    if name and not dotted.startswith(("numpy.", "torch.", "scipy.", "math.")):
        return _helper(node, dotted or name, arguments, frame, own=False)
    # What is made with a number, a shape or a range, is no term of anything.
    given = arguments.all().only(lambda taint: taint.kind is not Kind.NUMBER)
    value = _operated(given, node, dotted or name)
    return replace(value, is_tensor=value.is_tensor or dotted.startswith("torch."), is_fresh=False)


def _helper(node: SgNode, name: str, arguments: Arguments, frame: Frame, *, own: bool) -> Value:
    """A function of the project, by its summary; anything else passes on what it is given."""
    found = _summary(name, frame, own=own)
    values = [FRESH, *arguments.values] if own else arguments.values
    if found is None or not found.known:
        everything = union(*arguments.values)
        last = name.rpartition(".")[2]
        if last[:1].isupper():
            return everything.only(lambda taint: taint.kind not in _NOT_THROUGH_CLASSES)
        through = everything.only(lambda taint: taint.kind is not Kind.NUMBER)
        is_tensor = own or is_loss(last) or through.is_tensor
        return replace(_operated(through, node, f"{last}()"), is_tensor=is_tensor, is_fresh=False)
    parts = [_operated(values[index], node, f"{name.strip('.')}()") for index in found.passed if index < len(values)]
    wrapped = [values[index] for index in found.wrapped if index < len(values)]
    parts += [constructors.wrapped_by(node, value, name.strip("."), found.path, found.line) for value in wrapped]
    parts += [Value(taints=values[index].of(*_NEW), is_tensor=True) for index in found.cut if index < len(values)]
    for index in found.raw:
        if index < len(values) and not frame.frozen and not values[index].is_fresh:
            parts.append(_raw_by(node, name.strip("."), found, values[index]))
    # What a helper of one's own returns is a value that was computed here, whatever went in.
    return replace(union(*parts), is_fresh=False)


def _raw_by(node: SgNode, name: str, found: Summary, value: Value) -> Value:
    span = Span(line=found.line, column=1, end_line=found.line, end_column=1)
    inside = Step(path=found.path, span=span, source=f"def {name}(...)", note="the helper that takes the array out")
    index = next((taint.index for taint in value.of(Kind.ARGUMENT)), -1)
    mark = Mark(node=node, note=f"`{name}()` returns the plain array of what it is given")
    return Value(taints=(Taint(Kind.RAW, node.range().start.index, node, (mark, inside), index),))


def _summary(name: str, frame: Frame, *, own: bool) -> Summary | None:
    if own:
        owner = frame.function.owner
        return frame.summarise(f"{owner.name}{name}") if owner is not None else None
    local = frame.summarise(name)
    if local is not None:
        return local
    return frame.module.project.summary(name, frame.module.path) if "." in name else None


def _closure(node: SgNode, name: str, arguments: Arguments, frame: Frame) -> Value:
    """A function defined in the one being read: what goes in comes out, with what it reads of its surroundings."""
    return _operated(frame.enter(frame.closures[name], arguments.values, frame), node, f"{name}()")


def _rounded(node: SgNode, name: str, value: Value, frame: Frame) -> Value:
    of_no_tensor = name == "int" and not value.is_tensor  # a setting, a size
    if name not in ROUNDING or frame.frozen or value.is_fresh or of_no_tensor:
        return FRESH
    note = f"`{name}` has no derivative"
    return Value(taints=(Taint(Kind.ROUNDED, node.range().start.index, node, (Mark(node=node, note=note),)),))


def _operated(value: Value, node: SgNode, name: str) -> Value:
    """The value with this operation on the path of whatever left the graph already."""
    if not any(taint.kind in {Kind.RAW, Kind.NUMPY} for taint in value.taints):
        return value.whole()
    note = f"`{name}` computes on it outside of the graph"
    taints = tuple(taint.then(node, note) if taint.kind in {Kind.RAW, Kind.NUMPY} else taint for taint in value.taints)
    return replace(value, taints=taints, parts=None)


def _collect(name: str, arguments: Arguments, frame: Frame) -> Value:
    if name in frame.lists:
        frame.environment[name] = union(frame.environment.get(name, NOTHING), *arguments.values)
    else:
        _attach(arguments, NOTHING, frame)  # a list that outlives the function: a tape, for all we know
    return NOTHING


def _attach(arguments: Arguments, receiver: Value, frame: Frame) -> None:
    for taint in (*arguments.all().taints, *receiver.taints):
        if taint.kind in _NEW:
            frame.attached.add(taint.key)


def _hands_over_closure(arguments: Arguments, frame: Frame) -> bool:
    """Whether a function is among the arguments: whoever takes a tensor and its backward knows what to do with both."""
    return any(given.kind() == "lambda" or given.text() in frame.closures for _, given in arguments.nodes)


def _notice_loss(name: str, node: SgNode, arguments: Arguments, frame: Frame) -> None:
    if is_loss(name) or name in {"cross_entropy", "mse", "nll", "bce"}:
        frame.judged.append((arguments.named(0, "input", "pred", "logits", "y_pred")[1], node))


def _first_text(arguments: Arguments) -> str:
    return arguments.nodes[0][1].text() if arguments.nodes else ""
