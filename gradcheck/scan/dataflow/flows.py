"""The flows of a file: what escapes its functions, and what its helpers do for their callers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gradcheck.scan.dataflow.frame import Frame, Function
from gradcheck.scan.dataflow.judging import is_named_apart
from gradcheck.scan.dataflow.kinds import Kind
from gradcheck.scan.dataflow.places import HELPER, holds, is_driven, is_tracked, may_matter, places_in
from gradcheck.scan.dataflow.statements import NO_GRADIENT, execute, returned_by
from gradcheck.scan.dataflow.values import NOTHING, Taint, Value
from gradcheck.scan.dataflow.words import imported_helpers
from gradcheck.scan.facts.classes import ClassSketch
from gradcheck.scan.facts.project import Summary
from gradcheck.scan.facts.roles import is_forward, is_loss
from gradcheck.scan.model import Mark, Step
from gradcheck.source.parse import has_long_line

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Something that happened to a value which then escaped.

    Attributes:
        kind: What happened.
        node: Where, to be reported.
        steps: The path, the way out included.
        function: The function it happened in.
        driven: Whether `backward()` was called on what came of it; otherwise it was returned.
        value: What escaped.
    """

    kind: Kind
    node: SgNode
    steps: tuple[Mark | Step, ...]
    function: Function
    driven: bool
    value: Value


class _Scope(NamedTuple):
    """Where a class or function ends, its name, and what the class says."""

    end: int
    name: str
    owner: ClassSketch | None


class Analysis:
    """One file's functions, each read at most once."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._functions: dict[str, Function] = {}
        self._frames: dict[str, Frame | None] = {}
        self._places = places_in(module)
        self._collect()
        # A position on a very long line costs its length: what holds one is told of, and not followed.
        text = module.text
        held = self._functions.values() if has_long_line(text) else ()
        self.left_out = [one for one in held if self._may_cut(one) and has_long_line(text[one.start : one.end])]
        own = {name.rpartition(".")[2] for name, summary in self.summaries().items() if summary.raw}
        self._places.add_calls(own | imported_helpers(module), text)

    def flows(self) -> tuple[Flow, ...]:
        """What escapes the functions of the file."""
        found: list[Flow] = []
        for name, function in self._functions.items():
            if self._may_cut(function) and not self._is_told_apart(function) and function not in self.left_out:
                frame = self._frame(name)
                if frame is not None:
                    found += _escapes(frame)
        return tuple(found)

    def summaries(self) -> dict[str, Summary]:
        """What the file's helpers do with what they are given, as far as it matters to a caller."""
        found = {}
        for name, function in self._functions.items():
            taking = holds(self._places.taken, function.start, function.end)
            if "<locals>" not in name and taking and self._is_helper(function):
                summary = self.summary(name)
                if summary is not None and (summary.raw or summary.wrapped):
                    found[name] = summary
        return found

    def summary(self, name: str) -> Summary | None:
        """What a helper of this file does, None where there is none of that name."""
        function = self._functions.get(name)
        frame = self._frame(name) if function is not None else None
        if function is None:
            return None
        if frame is None:  # it calls itself
            return Summary(known=False)
        returned = [taint for value, _ in frame.returned for taint in value.taints if taint.index >= 0]
        indices: defaultdict[Kind, set[int]] = defaultdict(set)
        for taint in returned:
            if taint.kind is not Kind.HELD or taint.key not in frame.attached:
                indices[taint.kind].add(taint.index)
        return Summary(
            path=self._module.path,
            line=1 + self._module.text.count("\n", 0, function.start),
            raw=tuple(sorted(indices[Kind.RAW] | indices[Kind.NUMPY])),
            passed=tuple(sorted(indices[Kind.ARGUMENT])),
            wrapped=tuple(sorted(indices[Kind.HELD])),
            cut=tuple(sorted(indices[Kind.WRAPPED] | indices[Kind.COPIED])),
            known=bool(frame.returned),
        )

    def close(self) -> None:
        """Let go of what was read: each frame knows its analysis."""
        self._frames.clear()
        self._functions.clear()

    def _stored(self, reader: Function, method: str, attribute: str) -> Value:
        """What a method leaves in `self.attribute` that is outside of the graph."""
        name = f"{reader.owner.name}.{method}" if reader.owner is not None else ""
        frame = self._frame(name) if name in self._functions else None
        if frame is None or method == reader.name:
            return NOTHING
        left = frame.environment.get(attribute, NOTHING).of(Kind.RAW, Kind.NUMPY)
        # Whose argument it was in the other method is nothing to the callers of this one.
        return Value(taints=tuple(replace(taint, index=-1) for taint in left))

    def _may_cut(self, function: Function) -> bool:
        if not holds(self._places.sources, function.start, function.end):
            return False
        owner = function.owner
        if is_forward(function.name) or is_loss(function.name) or (owner is not None and is_loss(owner.name)):
            return True
        return may_matter(self._module, self._places.taken, function.start, function.end)

    def _is_told_apart(self, function: Function) -> bool:
        """Whether whatever escapes a function will be no finding, as its name says."""
        text, place = self._module.text, (function.start, function.end)
        driven, tracked = is_driven(text, *place), is_tracked(text, *place)
        return is_named_apart(function, self._module, driven=driven, tracked=tracked)

    def _is_helper(self, function: Function) -> bool:
        """Whether a function is short, as helpers are, and returns something."""
        short = function.end - function.start <= HELPER
        return short and self._module.text.find("return", function.start, function.end) >= 0

    def _collect(self) -> None:
        if ".backward(" in self._module.text:
            self._functions[""] = Function(node=self._module.root, name="", owner=None, end=len(self._module.text))
        scopes: list[_Scope] = []
        for start, end, node, owner in self._definitions():
            while scopes and scopes[-1].end <= start:
                scopes.pop()
            name = node.field("name")
            if owner is None and name is not None:
                self._add(node, name.text(), start, end, scopes[-1] if scopes else None)
            scopes.append(_Scope(end, name.text() if name is not None else "", owner))

    def _definitions(self) -> list[tuple[int, int, SgNode, ClassSketch | None]]:
        """Classes and functions in the order of the text, by where they begin and end; classes with what they say."""
        classes = zip(self._module.nodes("class_definition"), self._module.sketches, strict=True)
        functions = ((node, None) for node in self._module.nodes("function_definition"))
        found = []
        for node, owner in (*classes, *functions):
            place = node.range()
            found.append((place.start.index, place.end.index, node, owner))
        return sorted(found, key=itemgetter(0))

    def _add(self, node: SgNode, name: str, start: int, end: int, scope: _Scope | None) -> None:
        owner = scope.owner if scope else None
        prefix = f"{owner.name}." if owner else f"{scope.name}.<locals>." if scope else ""
        function = Function(node=node, name=name, owner=owner, start=start, end=end)
        key = f"{prefix}{name}"
        # Of several definitions the last counts for callers; each is read all the same.
        while key in self._functions:
            self._functions[f"{key}<locals>{len(self._functions)}"] = self._functions.pop(key)
        self._functions[key] = function

    def _frame(self, name: str) -> Frame | None:
        if name in self._frames:
            return self._frames[name]
        self._frames[name] = None
        function = self._functions[name]
        frame = Frame(
            module=self._module, function=function, summarise=self.summary, stored=self._stored, enter=returned_by
        )
        for position, parameter in enumerate(function.parameters):
            taint = Taint(Kind.ARGUMENT, position, function.node, (), position)
            frame.environment[parameter] = Value(taints=(taint,), is_tensor=is_loss(parameter))
        frame.frozen = int(bool(NO_GRADIENT.search(function.decorators)))
        execute(function.node.field("body") or function.node, frame)
        self._frames[name] = frame
        return frame


def _escapes(frame: Frame) -> list[Flow]:
    function = frame.function
    found: dict[tuple[Kind, int], Flow] = {}
    for driven, ways in ((True, frame.driven), (False, frame.returned)):
        for value, way in _one_by_one(ways):
            note = "`backward()` is called on what came of it" if driven else "what came of it is returned"
            for taint in value.taints:
                if taint.key in frame.attached or taint.kind in {Kind.ARGUMENT, Kind.HELD, Kind.ROUNDED}:
                    continue
                flow = Flow(
                    kind=taint.kind,
                    node=taint.node,
                    steps=(*taint.steps, Mark(node=way, note=note)),
                    function=function,
                    driven=driven,
                    value=value,
                )
                found.setdefault((taint.kind, taint.key), flow)
    for value, way in frame.judged:
        for taint in value.of(Kind.ROUNDED):
            steps = (*taint.steps, Mark(node=way, note="a loss is made of it"))
            flow = Flow(
                kind=Kind.ROUNDED,
                node=taint.node,
                steps=steps,
                function=function,
                driven=bool(frame.driven),
                value=value,
            )
            found[Kind.ROUNDED, taint.key] = flow
    return list(found.values())


def _one_by_one(ways: list[tuple[Value, SgNode]]) -> Iterator[tuple[Value, SgNode]]:
    """Each item of a tuple that is returned: what is logged beside a loss is no part of it."""
    for value, way in ways:
        for part in value.parts if value.parts is not None else (value,):
            yield part, way
