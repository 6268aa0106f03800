"""What the source of a function says of its arguments and answers: names returned, keys read, values compared with."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

_JOINS = frozenset({"concatenate", "concat", "stack", "hstack", "vstack", "dstack", "column_stack"})
#: Numbers of the layers that a key made in a loop stands for.
COUNTED = ("1", "2")
_OF_DICTIONARIES = frozenset({"get", "keys", "items", "setdefault", "update", "pop"})


def tree_of(function: Callable[..., Any]) -> ast.FunctionDef | None:
    """The syntax tree of a function; None where its source is not at hand."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    return body[0] if body and isinstance(body[0], ast.FunctionDef) else None


def returned_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names in a function's last `return`, "" for what is no name; empty where it returns one value or nothing."""
    values = [node.value for node in _own(tree_of(function)) if isinstance(node, ast.Return)]
    last = values[-1] if values else None
    if isinstance(last, ast.Name):
        return (last.id,)
    if not isinstance(last, (ast.Tuple, ast.List)):
        return ()
    return tuple(item.id if isinstance(item, ast.Name) else "" for item in last.elts)


def keys_read(function: Callable[..., Any], argument: str) -> tuple[str, ...]:
    """The keys a function reads from a dictionary it is handed and never writes itself, in their order.

    Keys asked for with a default (`get`, `pop`) need not be there and are left out. A key that is made in a loop,
    `"W" + str(l)`, is read for layers 1 and 2.
    """
    read: dict[str, None] = {}
    written: set[str] = set()
    for node in _own(tree_of(function)):
        if not isinstance(node, ast.Subscript) or not _is_named(node.value, argument):
            continue
        for key in _keys(node.slice):
            if isinstance(node.ctx, ast.Load):
                read[key] = None
            else:
                written.add(key)
    return tuple(key for key in read if key not in written)


def is_gone_through(function: Callable[..., Any], argument: str) -> bool:
    """Whether a function takes an argument for a list: joins what it holds, adds it up, or takes it item by item."""
    for node in _own(tree_of(function)):
        if isinstance(node, ast.Call) and node.args and _is_named(node.args[0], argument):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if called in _JOINS or (isinstance(node.func, ast.Name) and node.func.id == "sum"):
                return True
        elif isinstance(node, (ast.comprehension, ast.For)) and _is_named(node.iter, argument):
            return True
    return False


def _keys(node: ast.expr) -> tuple[str, ...]:
    """The keys that an index stands for."""
    if isinstance(node, ast.Constant):
        return (node.value,) if isinstance(node.value, str) else ()
    stem: ast.expr | None = None
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        stem = node.left
    elif isinstance(node, ast.JoinedStr) and len(node.values) == 2 and isinstance(node.values[1], ast.FormattedValue):
        stem = node.values[0]
    if not isinstance(stem, ast.Constant) or not isinstance(stem.value, str):
        return ()
    return tuple(stem.value.removesuffix("%d").removesuffix("%s") + number for number in COUNTED)


def is_read_by_key(function: Callable[..., Any], argument: str) -> bool:
    """Whether a function takes an argument for a dictionary: reads it by a string, or calls `get`, `keys`, `items`."""
    for node in _own(tree_of(function)):
        if isinstance(node, ast.Subscript) and _is_named(node.value, argument):
            if isinstance(node.slice, (ast.Constant, ast.BinOp, ast.JoinedStr)) and _is_text(node.slice):
                return True
        elif isinstance(node, ast.Attribute) and _is_named(node.value, argument) and node.attr in _OF_DICTIONARIES:
            return True
    return False


def compared_with(function: Callable[..., Any], argument: str) -> tuple[str, ...]:
    """The strings a function compares an argument with, in their order."""
    found: dict[str, None] = {}
    for node in _own(tree_of(function)):
        if not isinstance(node, ast.Compare) or not _is_named(node.left, argument):
            continue
        for other in node.comparators:
            options = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
            found.update(
                {item.value: None for item in options if isinstance(item, ast.Constant) and isinstance(item.value, str)}
            )
    return tuple(found)


def is_used(function: Callable[..., Any], argument: str) -> bool:
    """Whether a function looks at one of its arguments at all."""
    return any(isinstance(node, ast.Name) and node.id == argument for node in _own(tree_of(function)))


def attributes_read(function: Callable[..., Any]) -> frozenset[str]:
    """The attributes of a function's first argument that it reads and never sets itself."""
    tree = tree_of(function)
    names = [argument.arg for argument in tree.args.args if argument.arg != "cls"] if tree is not None else []
    read: set[str] = set()
    written: set[str] = set()
    for node in _own(tree):
        if names and isinstance(node, ast.Attribute) and _is_named(node.value, names[0]):
            (read if isinstance(node.ctx, ast.Load) else written).add(node.attr)
    return frozenset(read - written)


def called_names(function: Callable[..., Any]) -> frozenset[str]:
    """The last names of everything a function calls: `np.log(x)` is a `log`."""
    calls = [node.func for node in _own(tree_of(function)) if isinstance(node, ast.Call)]
    names = {called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "") for called in calls}
    return frozenset(names - {""})


def handed_on(function: Callable[..., Any], argument: str) -> Iterator[tuple[str, str]]:
    """The functions an argument is handed on to, by name, and the keyword or the place it goes to there."""
    for node in _own(tree_of(function)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for place, item in enumerate(node.args):
                if _is_named(item, argument):
                    yield node.func.id, str(place)
            for keyword in node.keywords:
                if keyword.arg and _is_named(keyword.value, argument):
                    yield node.func.id, keyword.arg


def _own(tree: ast.FunctionDef | None) -> Iterator[ast.AST]:
    """The nodes of a function in the order of its lines, those of functions within it left out."""
    pending: list[ast.AST] = list(reversed(tree.body)) if tree is not None else []
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def _is_named(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments in order; empty where it tells none."""
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()
