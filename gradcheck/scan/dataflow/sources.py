"""Where values leave the graph: `.data`, `.numpy()`, `.detach()`, `.item()`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.values import FRESH, NOTHING, Taint, Value
from gradcheck.scan.facts.parameters import is_trained
from gradcheck.scan.facts.roles import is_constant
from gradcheck.scan.model import Mark, Step

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.dataflow.frame import Frame

_BATCHES = frozenset(
    {"args", "batch", "config", "dataset", "event", "loader", "msg", "request", "response", "sample", "cls", "super()"}
)


def attribute_source(node: SgNode, base: SgNode, value: Value, frame: Frame) -> Value:
    """The value of `base.data`."""
    written = "".join(base.text().split())
    if value.is_fresh:
        return FRESH
    owned = re.fullmatch(r"self\.(\w+)(?:\[\w+\])?((?:\.\w+)*)", written)
    constant = not owned and is_constant(written.rpartition(".")[2].partition("[")[0])
    if frame.frozen or constant or not _is_tensor(written, base, frame):
        return NOTHING
    shown = f"`{_short(node)}` is the plain array of a tensor: no gradient comes back through it"
    taints = []
    if owned:
        if not is_trained(owned[1], frame.function.owner):
            return NOTHING
        taints.append(_taint(Kind.PARAMETER, node, f"`{_short(node)}` is the data of a parameter", ()))
    index = next((taint.index for taint in value.of(Kind.ARGUMENT)), -1)
    carried = value.of(Kind.PARAMETER)
    taints.append(_taint(Kind.RAW, node, shown, tuple(step for taint in carried for step in taint.steps), index))
    if frame.uses_torch and not owned:
        taints.append(_taint(Kind.DETACHED, node, f"`{_short(node)}` is detached from the graph", ()))
    # A cut further up stays one, whatever is done with its array.
    return Value(taints=(*value.of(Kind.WRAPPED, Kind.COPIED), *taints))


def method_source(node: SgNode, base: SgNode, value: Value, name: str, frame: Frame) -> Value:
    """The value of `base.numpy()`."""
    if value.is_fresh:
        return FRESH
    written = "".join(base.text().split())
    if frame.frozen or is_constant(written.rpartition(".")[2].partition("[")[0]) or frame.module.names.dotted(written):
        return NOTHING
    kind = Kind.NUMPY if frame.uses_torch else Kind.RAW
    index = next((taint.index for taint in value.of(Kind.ARGUMENT, Kind.RAW, Kind.NUMPY) if taint.index >= 0), -1)
    return Value(taints=(_taint(kind, node, f"`.{name}()` leaves the graph", (), index),))


def number_source(node: SgNode, value: Value, name: str, frame: Frame) -> Value:
    """The value of `base.item()`, `float(base)`."""
    if frame.frozen or value.is_fresh:
        return FRESH
    taint = _taint(Kind.NUMBER, node, f"`{name}` makes a Python number: no gradient comes back through it", ())
    return Value(taints=(*value.of(Kind.RAW, Kind.NUMPY), taint))


def detached(node: SgNode, base: SgNode, value: Value, frame: Frame) -> Value:
    """The value of `base.detach()`."""
    inner = base.named_children()[0] if base.kind() == "parenthesized_expression" and base.named_children() else base
    if frame.frozen or inner.kind() == "binary_operator":
        return NOTHING  # `x + (y - x).detach()` passes the gradient straight through on purpose
    written = "".join(base.text().split())
    owned = re.fullmatch(r"self\.(\w+)(?:\.\w+)*", written)
    if owned and is_trained(owned[1], frame.function.owner):
        return Value(taints=(_taint(Kind.PARAMETER, node, f"`{_short(node)}` cuts a parameter off", ()),))
    if value.is_fresh or is_constant(written.rpartition(".")[2]):
        return NOTHING
    kept = value.only(lambda taint: taint.kind is Kind.ARGUMENT)
    taint = _taint(Kind.DETACHED, node, f"`{_short(node)}` leaves the graph", ())
    return Value(taints=(*kept.taints, taint), is_tensor=True)


def _taint(kind: Kind, node: SgNode, note: str, before: tuple[Mark | Step, ...], index: int = -1) -> Taint:
    return Taint(kind, node.range().start.index, node, (*before, Mark(node=node, note=note)), index)


def _is_tensor(written: str, base: SgNode, frame: Frame) -> bool:
    """Whether something with a `.data` may be a tensor."""
    if written == "self":
        owner = frame.function.owner
        return owner is not None and (owner.is_tensor or frame.module.project.is_tape(owner.name))
    first = written.partition(".")[0].partition("[")[0].partition("(")[0]
    if written in _BATCHES or written.rpartition(".")[2] in _BATCHES:
        return False
    return not (base.kind() in {"identifier", "attribute"} and frame.module.names.dotted(first))


def _short(node: SgNode) -> str:
    text = " ".join(node.text().split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


#: Characters of code quoted in a message.
_LONGEST = 40
