"""The classes of one syntax tree: methods, parameters, bases, stubs; nothing is resolved here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradcheck.source.model import Method
from gradcheck.source.signatures import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ast_grep_py import SgNode

# What a class body may hold its definitions in: `if`, `try` and their like, and what broken syntax left.
_CONTAINERS = frozenset(
    {
        "ERROR", "block", "case_clause", "elif_clause", "else_clause", "except_clause", "except_group_clause",
        "finally_clause", "for_statement", "if_statement", "match_statement", "try_statement", "while_statement",
        "with_statement",
    }
)  # fmt: skip
_STATIC = frozenset({"staticmethod", "classmethod", "abstractstaticmethod", "abstractclassmethod"})
_CLASS_BOUND = frozenset({"classmethod", "abstractclassmethod"})
_ABSTRACT = frozenset({"abstractmethod", "abstractproperty", "abstractstaticmethod", "abstractclassmethod"})
_PROPERTY = frozenset({"property", "cached_property", "abstractproperty", "setter", "getter", "deleter"})
_NOT_IMPLEMENTED = re.compile(r"(?:raise|return)\s+[\w.]*(?:NotImplemented|Abstract)\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFact:
    """A method and what its body says about being overridden.

    Attributes:
        method: The method as the rest of gradcheck sees it.
        raises: Whether its body only refuses: `raise NotImplementedError`, perhaps with its message made before.
        calls: Names of the methods it calls on its own object.
    """

    method: Method
    raises: bool
    calls: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFact:
    """A class as written.

    Attributes:
        path: File, posix, relative to the project root.
        qualname: Dotted name inside the module; holds `<locals>` when a function makes the class.
        line: 1-based line of the `class` statement.
        bases: The bases, as written.
        base_names: Dotted names of the bases, subscripts and the wrapper `with_metaclass` left out.
        metaclass: The metaclass as written, or "".
        methods: Name to method, the last definition of each, aliases (`__call__ = forward`) included.
        attributes: Names the body assigns or defines as properties.
        abstract: Names the body declares abstract.
    """

    path: str
    qualname: str
    line: int
    bases: tuple[str, ...]
    base_names: tuple[str, ...]
    metaclass: str
    methods: Mapping[str, MethodFact]
    attributes: frozenset[str]
    abstract: frozenset[str]

    @property
    def name(self) -> str:
        """The class's own name."""
        return self.qualname.rpartition(".")[2]


def classes_in(root: SgNode, path: str) -> tuple[ClassFact, ...]:
    """Every class of a file in the order of their lines, nested ones included.

    Args:
        root: The file's syntax tree.
        path: The file, posix, relative to the project root.
    """
    return tuple(_class(node, path) for node in root.find_all(kind="class_definition"))


def _class(node: SgNode, path: str) -> ClassFact:
    written, metaclass = _bases(node)
    methods: dict[str, MethodFact] = {}
    attributes: set[str] = set()
    abstract: set[str] = set()
    body = node.field("body")
    for member, decorators in _members(body) if body else ():
        name_node = member.field("name") or member.field("left")
        name = name_node.text() if name_node else ""
        methods.pop(name, None)  # what comes later in the body replaces what came before
        attributes.discard(name)
        abstract.discard(name)
        if decorators & _ABSTRACT:
            abstract.add(name)
        if member.kind() == "assignment":
            value = member.field("right")
            alias = methods.get(value.text()) if value and value.kind() == "identifier" else None
            if alias:
                methods[name] = replace(alias, method=replace(alias.method, name=name))
            elif value:
                attributes.add(name)
        elif decorators & _PROPERTY:
            attributes.add(name)
        elif member.kind() == "function_definition":
            methods[name] = _method(member, name, path, decorators)
    return ClassFact(
        path=path,
        qualname=_qualname(node),
        line=node.range().start.line + 1,
        bases=tuple(base.text() for base in written),
        base_names=tuple(name for base in written if (name := _dotted(base))),
        metaclass=metaclass,
        methods=methods,
        attributes=frozenset(attributes),
        abstract=frozenset(abstract),
    )


def _qualname(node: SgNode) -> str:
    names = [_name(node)]
    for ancestor in node.ancestors():
        kind = ancestor.kind()
        if kind == "class_definition":
            names.append(_name(ancestor))
        elif kind == "function_definition":
            names += ["<locals>", _name(ancestor)]
    return ".".join(reversed(names))


def _name(node: SgNode) -> str:
    name = node.field("name")
    return name.text() if name else ""


def _bases(node: SgNode) -> tuple[list[SgNode], str]:
    listed = node.field("superclasses")
    bases: list[SgNode] = []
    metaclass = ""
    for argument in listed.children() if listed else ():
        kind = argument.kind()
        if kind == "keyword_argument":
            key, value = argument.field("name"), argument.field("value")
            if key and value and key.text() == "metaclass":
                metaclass = value.text()
        elif kind == "call" and _name_of_call(argument) == "with_metaclass":
            wrapped = argument.field("arguments")
            inner = [child for child in (wrapped.children() if wrapped else ()) if child.is_named()]
            metaclass = inner[0].text() if inner else ""
            bases += inner[1:]
        elif argument.is_named() and kind not in {"comment", "list_splat", "dictionary_splat", "ERROR"}:
            bases.append(argument)
    return bases, metaclass


def _name_of_call(node: SgNode) -> str:
    function = node.field("function")
    return function.text().rpartition(".")[2] if function else ""


def _dotted(base: SgNode) -> str:
    node: SgNode | None = base
    if base.kind() == "subscript":
        node = base.field("value")
    if node is None or node.kind() not in {"identifier", "attribute"}:
        return ""
    return "".join(node.text().split())


def _members(body: SgNode) -> Iterator[tuple[SgNode, frozenset[str]]]:
    """Definitions and assignments of a class body in the order of their lines, decorators reduced to last names."""
    stack = list(reversed(body.children()))
    while stack:
        node = stack.pop()
        kind = node.kind()
        if kind in _CONTAINERS:
            stack.extend(reversed(node.children()))
        elif kind == "decorated_definition":
            definition = node.field("definition")
            if definition:
                yield definition, frozenset(_decorators(node))
        elif kind in {"function_definition", "class_definition", "assignment"}:
            yield node, frozenset()
        elif kind == "expression_statement":
            yield from ((child, frozenset[str]()) for child in node.children() if child.kind() == "assignment")


def _decorators(node: SgNode) -> Iterator[str]:
    for child in node.children():
        if child.kind() == "decorator":
            yield child.text().removeprefix("@").partition("(")[0].rpartition(".")[2].strip()


def definition(node: SgNode, path: str) -> Method:
    """A function as written, all its parameters included.

    Args:
        node: Its `function_definition`.
        path: The file, posix, relative to the project root.
    """
    return _written(node, _name(node), path)[0]


def _written(node: SgNode, name: str, path: str) -> tuple[Method, bool]:
    """A definition with all its parameters, and whether its body only refuses."""
    span = node.range()
    body = node.field("body")
    statements = [child for child in body.children() if child.is_named() and child.kind() != "comment"] if body else []
    is_stub, raises = _stub(statements) if body else (False, False)
    listed = node.field("parameters")
    method = Method(
        name=name,
        path=path,
        line=span.start.line + 1,
        end_line=span.end.line + 1,
        parameters=parameters_of(listed) if listed else (),
        is_stub=is_stub,
    )
    return method, raises


def _method(node: SgNode, name: str, path: str, decorators: frozenset[str]) -> MethodFact:
    method, raises = _written(node, name, path)
    own, parameters = "", method.parameters
    bound = not decorators & _STATIC or bool(decorators & _CLASS_BOUND)
    if bound and parameters and not parameters[0].star:
        own, parameters = parameters[0].name, parameters[1:]
    return MethodFact(
        method=replace(method, parameters=parameters, is_static=bool(decorators & _STATIC)),
        raises=raises,
        calls=frozenset() if method.is_stub or not own else _calls(node, own),
    )


def _stub(statements: Iterable[SgNode]) -> tuple[bool, bool]:
    """Whether a body does nothing at all, and whether it refuses by raising."""
    empty = True
    refuses = False
    for statement in statements:
        kind = statement.kind()
        if kind in {"raise_statement", "return_statement"} and _NOT_IMPLEMENTED.match(statement.text()):
            refuses = True
        elif kind == "expression_statement":
            inner = next((child.kind() for child in statement.children()), "")
            empty = empty and inner in {"string", "concatenated_string", "ellipsis"}
            if inner not in {"string", "concatenated_string", "ellipsis", "assignment"}:
                return False, False
        elif kind not in {"pass_statement", "delete_statement"}:
            return False, False
    return empty or refuses, refuses


def _calls(node: SgNode, own: str) -> frozenset[str]:
    found = set()
    for call in node.find_all(kind="call"):  # an expression beside the kind would be compiled for each method anew
        function = call.field("function")
        if function and function.kind() == "attribute":
            head, dot, name = function.text().partition(".")
            if dot and head.strip() == own and name.strip().isidentifier():
                found.add(name.strip())
    return frozenset(found)
