"""New tensors: attached to what they are made of, or cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.operations import TORCH_LISTS, copies_flag, is_plain_argument
from gradcheck.scan.dataflow.values import Taint, Value
from gradcheck.scan.model import Mark, Span, Step

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.dataflow.calls import Arguments
    from gradcheck.scan.dataflow.frame import Frame

_DISPLAYS = frozenset({"list", "tuple"})
_MADE = "a new tensor is made of it, without an edge back to where it came from"


def tape_tensor(node: SgNode, arguments: Arguments, frame: Frame) -> Value:
    """`Tensor(array, ...)` of a home-made tape."""
    given, value = arguments.named(0, "data", "value", "array")
    extra = [(name, one) for name, one in arguments.nodes if one is not given]
    raw = value.of(Kind.RAW, Kind.NUMPY)
    held = value.of(Kind.ARGUMENT)
    attached = any(not is_plain_argument(name, "".join(one.text().split())) for name, one in extra)
    off = any(name in {"requires_grad", "req_grad"} and one.text() == "False" for name, one in extra)
    if attached or off or frame.frozen or not (raw or held):
        return Value(is_tensor=True, is_fresh=not (attached or raw or held))
    kind = Kind.WRAPPED
    note = _MADE
    if any(copies_flag(name, "".join(one.text().split())) for name, one in extra):
        kind = Kind.COPIED
        note = "a new leaf is made of it: the flag is copied, the edge is not"
    before = value.of(Kind.WRAPPED, Kind.COPIED)
    return Value(taints=(*before, *_cut(kind, node, raw, held, note)), is_tensor=True)


def torch_tensor(node: SgNode, name: str, arguments: Arguments, frame: Frame) -> Value:
    """`torch.tensor(...)` and its kin."""
    given, value = arguments.named(0, "data", "obj")
    if frame.frozen or given is None:
        return Value(is_tensor=True, is_fresh=True)
    key = node.range().start.index
    raw = value.of(Kind.NUMPY)
    if raw:
        return Value(taints=_cut(Kind.RETURNED, node, raw, (), _MADE), is_tensor=True)
    if value.of(Kind.DETACHED):
        return Value(taints=value.of(Kind.DETACHED), is_tensor=True)
    is_list = given.kind() in _DISPLAYS or given.text() in frame.lists or given.text().endswith("losses")
    if name in TORCH_LISTS and is_list and value_has_tensor(value):
        mark = Mark(node=node, note=f"`{name}` copies the numbers of a list of tensors")
        return Value(taints=(Taint(Kind.LISTED, key, node, (mark,)),), is_tensor=True)
    if name in TORCH_LISTS and value.is_tensor:
        mark = Mark(node=node, note=f"`{name}` copies a tensor without its history")
        return Value(taints=(Taint(Kind.RECONSTRUCTED, key, node, (mark,)),), is_tensor=True)
    return Value(is_tensor=True, is_fresh=True)


def value_has_tensor(value: Value) -> bool:
    """Whether a list holds a tensor that was computed."""
    return value.is_tensor or any(part.is_tensor and not part.is_fresh for part in value.parts or ())


def wrapped_by(node: SgNode, value: Value, name: str, path: str, line: int) -> Value:
    """What a helper returns that puts a new tensor around its argument."""
    inside = Step(
        path=path,
        span=Span(line=line, column=1, end_line=line, end_column=1),
        source=f"def {name}(...)",
        note="the helper that makes the new tensor",
    )
    raw, held = value.of(Kind.RAW, Kind.NUMPY), value.of(Kind.ARGUMENT)
    if not (raw or held):
        return Value(is_tensor=True)
    cut = _cut(Kind.WRAPPED, node, raw, held, f"`{name}()` makes a new tensor of it, without an edge")
    return Value(
        taints=tuple(Taint(t.kind, t.key, t.node, (*t.steps, inside), t.index) for t in cut),
        is_tensor=True,
    )


def _cut(kind: Kind, node: SgNode, raw: tuple[Taint, ...], held: tuple[Taint, ...], note: str) -> tuple[Taint, ...]:
    key = node.range().start.index
    found = [Taint(kind, key, node, (*raw[0].steps, Mark(node=node, note=note)), raw[0].index)] if raw else []
    # A parameter of the function itself may be an array: only the caller knows, the summary tells it.
    return (*found, *(Taint(Kind.HELD, key, node, (Mark(node=node, note=note),), taint.index) for taint in held))
