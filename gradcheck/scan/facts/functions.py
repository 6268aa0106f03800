"""A function as a list of statements, each with what stands around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from gradcheck.scan.facts.syntax import plain, plain_text

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_LOOPS = frozenset({"for_statement", "while_statement"})
_PARTS = frozenset(
    {"block", "elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause", "case_clause"}
)
_COMPOUND = frozenset(
    {"for_statement", "while_statement", "with_statement", "if_statement", "try_statement", "match_statement"}
)
_NO_GRADIENT = re.compile(
    r"\b(?:no_grad|inference_mode|set_grad_enabled\(False|stop_gradient|torch\.autograd\.no_grad)"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statement:
    """One simple statement.

    Attributes:
        node: The assignment, the return, or the expression.
        target: What is assigned to, in plain code; "return" for a return, "" for a mere expression.
        operator: `=`, `+=` and so on; "" where nothing is assigned.
        value: The right side or the expression in plain code.
        value_node: The same as a node; None for a bare `return`.
        around: The compound statements and their clauses around it inside the function, outermost first.
    """

    node: SgNode
    target: str
    operator: str
    value: str
    value_node: SgNode | None
    around: tuple[SgNode, ...] = ()

    @property
    def loops(self) -> tuple[SgNode, ...]:
        """The loops around it, outermost first."""
        return tuple(node for node in self.around if node.kind() in _LOOPS)

    @property
    def code(self) -> str:
        """The statement in plain code."""
        return plain(self.node)

    @property
    def conditions(self) -> tuple[str, ...]:
        """What the `if` and `elif` around it ask, outermost first."""
        return tuple(
            plain(node.field("condition")) for node in self.around if node.kind() in {"if_statement", "elif_clause"}
        )

    @property
    def is_without_gradient(self) -> bool:
        """Whether it stands under `no_grad` or its like."""
        return any(
            node.kind() == "with_statement" and _NO_GRADIENT.search(node.text().partition("\n")[0])
            for node in self.around
        )


class Function:
    """A function, or a whole file read as one.

    Args:
        node: Its definition, or the root.
        decorators: The source of its decorators.
        aliases: Other names of packages, each with the usual one: its code is told with the usual ones.
    """

    def __init__(self, node: SgNode, decorators: str = "", aliases: tuple[tuple[str, str], ...] = ()) -> None:
        self.node = node
        self.aliases = aliases
        self.decorators = decorators
        name = node.field("name")
        self.name = name.text() if name else ""
        self._body = node.field("body") or node

    @cached_property
    def _signature(self) -> tuple[tuple[str, ...], int, bool]:
        listed = self.node.field("parameters")
        names: list[str] = []
        required = 0
        variadic = False
        first = next(iter(listed.named_children()), None) if listed else None
        for part in listed.named_children() if listed else ():
            kind = part.kind()
            if kind in {"list_splat_pattern", "dictionary_splat_pattern"}:
                variadic = True
                continue
            found = part if kind == "identifier" else part.field("name")
            if kind == "typed_parameter":
                found = part.child(0)
                if found is not None and found.kind() != "identifier":
                    variadic = True
                    continue
            if found is None or (part == first and found.text() in {"self", "cls"}):
                continue
            names.append(found.text())
            required += kind in {"identifier", "typed_parameter"}
        return tuple(names), required, variadic

    @cached_property
    def source(self) -> str:
        """Its source as written."""
        return self.node.text()

    @cached_property
    def span(self) -> tuple[int, int]:
        """Where it begins and ends in the file's text."""
        place = self.node.range()
        return place.start.index, place.end.index

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters but `self`, `cls` and starred ones."""
        return self._signature[0]

    @property
    def required(self) -> int:
        """How many of them have no default."""
        return self._signature[1]

    @property
    def is_variadic(self) -> bool:
        """Whether it takes `*arguments` or `**arguments`."""
        return self._signature[2]

    @cached_property
    def code(self) -> str:
        """Its body in plain code, without the docstring."""
        first = next((child for child in self._body.named_children() if child.kind() != "comment"), None)
        text = self._body.text()
        inner = first.child(0) if first is not None and first.kind() == "expression_statement" else None
        if inner is not None and inner.kind() == "string":
            text = text.replace(inner.text(), "", 1)
        return _usual(plain_text(text), self.aliases)

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Its statements in their order, those of nested functions and classes left out."""
        found = _statements(self._body, ())
        return tuple(_renamed(one, self.aliases) for one in found) if self.aliases else tuple(found)

    @cached_property
    def nested(self) -> tuple[Function, ...]:
        """Functions defined in its body, those of nested classes left out."""
        return tuple(Function(node, decorators, self.aliases) for node, decorators in definitions(self._body))

    @property
    def returns(self) -> tuple[Statement, ...]:
        """Its `return` statements."""
        return tuple(statement for statement in self.statements if statement.target == "return")

    @property
    def is_stub(self) -> bool:
        """Whether it only refuses or does nothing."""
        return not re.sub(r"raise NotImplemented\w*(?:\(.*\))?|pass|\.\.\.", "", self.code).strip()

    @property
    def is_without_gradient(self) -> bool:
        """Whether it is decorated with `no_grad` or its like."""
        return bool(_NO_GRADIENT.search(self.decorators))


def definitions(body: SgNode) -> Iterator[tuple[SgNode, str]]:
    """Functions defined in a block and in the branches and loops below it, each with its decorators."""
    for child in body.named_children():
        kind = child.kind()
        if kind == "function_definition":
            yield child, ""
        elif kind == "decorated_definition":
            inner = child.field("definition")
            if inner is not None and inner.kind() == "function_definition":
                yield inner, " ".join(part.text() for part in child.named_children() if part.kind() == "decorator")
        elif kind in _COMPOUND or kind in _PARTS:
            yield from definitions(child)


#: Packages whose names the rules look for in code, each by its usual name.
_USUAL = {"numpy": "np", "torch": "torch", "torch.nn.functional": "F", "math": "math"}


def aliases_of(module: Module) -> tuple[tuple[str, str], ...]:
    """Unusual names under which a file knows NumPy or PyTorch, each with the usual one."""
    return tuple(
        (name, _USUAL[target])
        for name, targets in module.names.imported.items()
        for target in targets[:1]
        if target in _USUAL and name not in {_USUAL[target], target}
    )


def _usual(code: str, aliases: tuple[tuple[str, str], ...]) -> str:
    for name, usual in aliases:
        code = re.sub(rf"(?<![\w.]){re.escape(name)}\.", f"{usual}.", code)
    return code


def _renamed(statement: Statement, aliases: tuple[tuple[str, str], ...]) -> Statement:
    return replace(statement, target=_usual(statement.target, aliases), value=_usual(statement.value, aliases))


_EVERY: WeakKeyDictionary[Module, tuple[Function, ...]] = WeakKeyDictionary()


def every_function(module: Module) -> tuple[Function, ...]:
    """Every function of a file, methods and nested ones included, and the file itself as the first."""
    found = _EVERY.get(module)
    if found is None:
        nodes = module.nodes("function_definition")
        aliases = aliases_of(module)
        found = (
            Function(module.root, "", aliases),
            *(Function(node, decorators_of(node), aliases) for node in nodes),
        )
        _EVERY[module] = found
    return found


def functions_with(module: Module, pattern: re.Pattern[str], words: tuple[str, ...] = ()) -> tuple[Function, ...]:
    """The functions of a file, and the file itself, in whose source a pattern is found.

    Args:
        module: The file.
        pattern: What is looked for.
        words: What it holds one of, where it begins on the same line or the one before: only there it is looked for.
    """
    # The text is searched once: what is found in a function's source is found there too, or in what begins before.
    places = sorted(
        {*_near(words, pattern, module.text)} if words else (m.span() for m in pattern.finditer(module.text))
    )
    if not places:
        return ()
    ends = [end for _, end in places]
    return tuple(
        function
        for function in every_function(module)
        if (index := bisect_right(ends, function.span[0])) < len(places)
        and places[index][0] < function.span[1]
        and pattern.search(function.source)
    )


def _near(words: tuple[str, ...], pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where a pattern is found on the lines of words, each with the line before it."""
    for word in words:
        place = text.find(word)
        while place >= 0:
            line = text.rfind("\n", 0, place)
            end = text.find("\n", place)
            found = pattern.search(text, text.rfind("\n", 0, max(line, 0)) + 1, end if end >= 0 else len(text))
            if found is not None:
                yield found.span()
            place = text.find(word, place + 1 if end < 0 else end)


def decorators_of(node: SgNode) -> str:
    """The text of a function's decorators."""
    parent = node.parent()
    if parent is None or parent.kind() != "decorated_definition":
        return ""
    return " ".join(part.text() for part in parent.named_children() if part.kind() == "decorator")


def _statements(block: SgNode, around: tuple[SgNode, ...]) -> Iterator[Statement]:
    for child in block.named_children():
        kind = child.kind()
        if kind == "expression_statement":
            inner = child.child(0)
            if inner is not None and inner.kind() != "string":
                yield from _simple(inner, around)
        elif kind == "return_statement":
            value = next((part for part in child.named_children() if part.kind() != "comment"), None)
            yield Statement(
                node=child, target="return", operator="", value=plain(value), value_node=value, around=around
            )
        elif kind in {"assert_statement", "delete_statement", "raise_statement"}:
            yield Statement(node=child, target="", operator="", value=plain(child), value_node=child, around=around)
        elif kind in _COMPOUND:
            yield from _statements(child, (*around, child))
        elif kind == "block":
            yield from _statements(child, around)
        elif kind in _PARTS:
            yield from _statements(child, (*around, child))


def _simple(node: SgNode, around: tuple[SgNode, ...]) -> Iterator[Statement]:
    kind = node.kind()
    if kind not in {"assignment", "augmented_assignment"}:
        yield Statement(node=node, target="", operator="", value=plain(node), value_node=node, around=around)
        return
    target, value, operator = node.field("left"), node.field("right"), node.field("operator")
    if target is None or value is None:
        return  # a mere annotation
    last = value
    while last.kind() == "assignment" and (inner := last.field("right")) is not None:
        last = inner
    yield Statement(
        node=node,
        target=plain(target),
        operator=operator.text() if operator else "=",
        value=plain(last),
        value_node=last,
        around=around,
    )
    if value.kind() == "assignment":
        yield from _simple(value, around)
