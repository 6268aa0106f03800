"""The functions at the top of one syntax tree, and the names of what each returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.source.classes import definition
from gradcheck.source.model import Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

# What a module may hold its functions in.
_CONTAINERS = frozenset({"block", "if_statement", "else_clause", "elif_clause", "try_statement", "except_clause"})
_NESTED = frozenset({"function_definition", "class_definition", "lambda"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionFact:
    """A function at module level.

    Attributes:
        method: Its name, place and parameters.
        is_decorated: Whether a decorator may have made something else of it.
        returns: What its last `return` hands over, as written, one entry per item of a tuple.
    """

    method: Method
    is_decorated: bool
    returns: tuple[str, ...]


def functions_in(root: SgNode, path: str) -> tuple[FunctionFact, ...]:
    """The functions of a module in the order of their lines; of two of one name both.

    Args:
        root: The file's syntax tree.
        path: The file, posix, relative to the project root.
    """
    return tuple(
        FunctionFact(method=definition(node, path), is_decorated=is_decorated, returns=_returned(node))
        for node, is_decorated in _defined(root)
    )


def _defined(root: SgNode) -> Iterator[tuple[SgNode, bool]]:
    stack = list(reversed(root.children()))
    while stack:
        node = stack.pop()
        kind = node.kind()
        if kind in _CONTAINERS:
            stack.extend(reversed(node.children()))
        elif kind == "function_definition":
            yield node, False
        elif kind == "decorated_definition":
            inner = node.field("definition")
            if inner and inner.kind() == "function_definition":
                yield inner, True


def _returned(function: SgNode) -> tuple[str, ...]:
    body = function.field("body")
    last: SgNode | None = None
    stack = list(reversed(body.children())) if body else []
    while stack:
        node = stack.pop()
        if node.kind() == "return_statement":
            last = node
        elif node.kind() not in _NESTED:
            stack.extend(reversed(node.children()))
    values = [child for child in last.children() if child.is_named() and child.kind() != "comment"] if last else []
    if len(values) == 1 and values[0].kind() == "parenthesized_expression":
        values = [child for child in values[0].children() if child.is_named()]
    if len(values) == 1 and values[0].kind() in {"tuple", "expression_list"}:
        values = [child for child in values[0].children() if child.is_named() and child.kind() != "comment"]
    return tuple(value.text() for value in values)
