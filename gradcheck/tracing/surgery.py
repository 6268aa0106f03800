"""A recorded forward gone back through with one of its operations differentiated otherwise.

What a person forgets in a backward pass is a cut, or a change, in this graph: an operand taken for a constant, an
operation passed over as if it were the identity, a value put in the place of another.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcheck.tracing.dispatch import Trace
from gradcheck.tracing.pulling import plain, pulled, pulled_each, together, weighted
from gradcheck.tracing.recorded import Recorded, record
from gradcheck.tracing.refusal import is_library
from gradcheck.types import Array, Subject

#: Operations beyond which a graph is not operated on: a convolution written as loops over 1,000 windows has 5,000.
MOST_OPERATIONS = 4000
#: A recorded value is that of the plain forward to this share of it; gradients were judged before.
SAME = 1.0e-6
#: Under which names torch keeps values with an operation.
KEPT = {
    "_saved_self": "the first operand",
    "_saved_other": "the second operand",
    "_saved_mat2": "the second operand",
    "_saved_result": "the result",
}
#: Operations that only pass numbers on: what could be changed there is changed next to them.
PASSING = frozenset({"Alias", "Clone", "Copy", "Expand", "Reshape", "Squeeze", "Unsqueeze", "View"})
#: What torch's names of operations end with.
_SUFFIX = re.compile(r"Backward\d*$")
#: What records, and what calls forward: an operation of the latter is none of the user's.
_OURS = str(Path(__file__).parent)
_CALLING = str(Path(__file__).parents[1])
#: A line of a traceback as torch keeps it with each operation.
_PLACE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
#: (torch's operation, what flows into it from above, what it hands to each operand) -> what it shall hand on instead.
Edit = Callable[[Any, Sequence[Any], Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """All operations of one kind on one line: in a loop there are many.

    Attributes:
        kind: torch's name, such as "Tanh" or "Mm".
        file: The user's file.
        line: 1-based line, 0 where it is not known.
        nodes: The operations.
        operands: How many operands each has.
    """

    kind: str
    file: str
    line: int
    nodes: tuple[Any, ...]
    operands: int

    @property
    def place(self) -> str:
        """The line as a person finds it."""
        source = linecache.getline(self.file, self.line).strip()
        return f"line {self.line}: {source}" if source else f"line {self.line}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Graph:
    """A recorded forward.

    Attributes:
        recorded: The record; its gradients are asked for here, as often as wanted.
        operations: Every operation that computes something, from the output backwards.
        size: How many there are, those of a loop one by one.
    """

    recorded: Recorded
    operations: tuple[Operation, ...]
    size: int = 1

    def gradients(self, name: str, cotangents: Sequence[Array]) -> Sequence[Array]:
        """The true gradients of a primal through upstream gradients."""
        with self._trace.recording():
            return pulled_each(self.recorded.output, self._leaves[name], cotangents)

    def everything(self, y_bar: Array) -> dict[str, Array]:
        """The true gradients of every primal."""
        return self._gradients(list(self._leaves), y_bar)

    def edited(self, name: str, y_bar: Array, operation: Operation, edit: Edit) -> Array:
        """The gradient of a primal where an operation hands on what `edit` makes of it."""
        handles = _hooks(operation, edit)
        try:
            return self._gradients([name], y_bar)[name]
        finally:
            for handle in handles:
                handle.remove()

    def multiplied(
        self, name: str, y_bar: Array, operation: Operation, factors: Sequence[Sequence[Array]]
    ) -> Sequence[Array]:
        """The gradients of a primal where an operation hands on what arrives times a factor.

        Args:
            name: The primal's name.
            y_bar: The upstream gradient.
            operation: One that works entry by entry on one operand.
            factors: For each gradient one factor for each of the operation's nodes.
        """
        import torch

        def edit(chosen: Sequence[Any]) -> Edit:
            return _times(dict(zip(operation.nodes, chosen, strict=True)))

        with self._trace.recording():
            total = weighted(self.recorded.output, y_bar)
            rows = [np.array(of_node) for of_node in zip(*factors, strict=True)]
            found = together(total, self._leaves[name], lambda *chosen: _hooks(operation, edit(chosen)), rows)
        if found is not None:
            return found
        return [self.edited(name, y_bar, operation, edit([*map(torch.from_numpy, each)])) for each in factors]

    def arriving(self, y_bar: Array) -> Iterator[tuple[Operation, Array]]:
        """The gradients by the results of the operations on the way, as they arrive."""
        seen: dict[Any, Any] = {}
        nodes = dict.fromkeys(node for operation in self.operations for node in operation.nodes)
        handles = [node.register_hook(_keep(seen, node)) for node in nodes]
        try:
            self.everything(y_bar)
        finally:
            for handle in handles:
                handle.remove()
        for operation in self.operations:
            for node in operation.nodes:
                if node in seen:
                    yield operation, seen.pop(node)

    def values(self) -> Iterator[tuple[str, Array]]:
        """What operations keep of forward for backward: what they read or compute, by name, each once."""
        known: list[Array] = []
        for operation in self.operations:
            for kept, word in KEPT.items():
                tensor = getattr(operation.nodes[0], kept, None) if len(operation.nodes) == 1 else None
                if tensor is None or not hasattr(tensor, "detach"):
                    continue
                value = plain(tensor)
                if value.size > 1 and not any(np.array_equal(value, other) for other in known):
                    known.append(value)
                    yield f"{word} of {operation.kind.lower()} in {operation.place}", value

    def _gradients(self, names: Sequence[str], y_bar: Array) -> dict[str, Array]:
        with self._trace.recording():
            return pulled(self.recorded.output, {name: self._leaves[name] for name in names}, y_bar, again=True)

    @property
    def _trace(self) -> Trace:
        assert self.recorded.trace is not None  # noqa: S101 - `graph_of` makes no graph of a forward that was given up
        return self.recorded.trace

    @property
    def _leaves(self) -> Mapping[str, Any]:
        assert self.recorded.leaves is not None  # noqa: S101 - the same
        return self.recorded.leaves


def graph_of(subject: Subject, y: Array) -> Graph | None:
    """The subject's forward recorded, each operation with its line; None where it cannot be, or is too large.

    Args:
        subject: The function under check.
        y: The plain forward's answer, which the recorded one must reproduce.
    """
    if subject.replay is None:
        return None
    import torch

    with np.errstate(all="ignore"), torch.autograd.set_detect_anomaly(mode=True, check_nan=False):
        recorded = record(subject.replay, subject.primals)
    if recorded.value is None or not recorded.output.requires_grad:
        return None
    apart = SAME * float(np.max(np.abs(y), initial=0.0))
    if recorded.value.shape != y.shape or not np.allclose(recorded.value, y, rtol=0.0, atol=apart):
        return None
    nodes = _nodes(recorded.output.grad_fn)
    if len(nodes) > MOST_OPERATIONS:
        return None
    return Graph(recorded=recorded, operations=tuple(_grouped(nodes)), size=len(nodes))


def _nodes(root: Any) -> list[Any]:
    """The operations of a graph, from its root on."""
    seen, order, pending = {root}, [root], [root]
    while pending:
        for node, _ in pending.pop(0).next_functions:
            if node is not None and node not in seen and "AccumulateGrad" not in node.name():
                seen.add(node)
                order.append(node)
                pending.append(node)
        if len(order) > MOST_OPERATIONS:
            break
    return order


def _grouped(nodes: Sequence[Any]) -> Iterator[Operation]:
    """The operations by line and kind; two of a kind on one line that are no loop differ in what they read."""
    groups: dict[tuple[str, str, int, int], list[Any]] = {}
    for node in nodes:
        file, line = _line(node)
        kind = _SUFFIX.sub("", node.name().rpartition("::")[2])
        if kind in PASSING or not line:
            continue
        groups.setdefault((kind, file, line, len(node.next_functions)), []).append(node)
    for (kind, file, line, operands), members in groups.items():
        together = Operation(kind=kind, file=file, line=line, nodes=tuple(members), operands=operands)
        yield together
        if 1 < len(members) <= 4:
            for node in members:
                yield Operation(kind=kind, file=file, line=line, nodes=(node,), operands=operands)


def _line(node: Any) -> tuple[str, int]:
    """The innermost line of the user's that made an operation; none where what calls forward made it."""
    for text in reversed("".join(node.metadata.get("traceback_", ())).splitlines()):
        found = _PLACE.search(text)
        if found is None or found["file"].startswith(_OURS):
            continue
        if found["file"].startswith(_CALLING):
            return "", 0
        if not is_library(found["file"]):
            return found["file"], int(found["line"])
    return "", 0


def _hooks(operation: Operation, edit: Edit) -> list[Any]:
    return [node.register_hook(_hook(edit, node)) for node in operation.nodes]


def _times(factors: Mapping[Any, Any]) -> Edit:
    """Multiplies what arrives by the factor of the node."""

    def edit(node: Any, arriving: Sequence[Any], handed: Sequence[Any]) -> Sequence[Any]:
        above, factor = arriving[0], factors[node]
        return handed if above is None or above.shape != factor.shape else [above * factor.to(above.dtype)]

    return edit


def _hook(edit: Edit, node: Any) -> Callable[[Sequence[Any], Sequence[Any]], tuple[Any, ...]]:
    def hook(handed: Sequence[Any], arriving: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(edit(node, arriving, handed))

    return hook


def _keep(seen: dict[Any, Any], node: Any) -> Callable[[Sequence[Any], Sequence[Any]], None]:
    def hook(_: Sequence[Any], arriving: Sequence[Any]) -> None:
        if arriving and arriving[0] is not None:
            seen[node] = plain(arriving[0])

    return hook
