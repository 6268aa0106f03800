"""What a method stores on its object and in its own names, and what it returns, each with its statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

#: Calls and values that prepare a gradient and do not compute it.
_PREPARING = frozenset({"zeros", "zeros_like", "empty", "empty_like", "full", "full_like", "new_zeros", "dict", "list"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One place written by one statement.

    Attributes:
        place: `dW`, `grads['W']`, `weight.grad`, `params[0]`: relative to the object; a bare name for a local one.
        is_own: Whether it is the object's, not a local name.
        value: What is written there.
        statement: The statement.
        position: Which element of an unpacked value it is, None for all of it.
        in_part: Whether only a part of what lies there is written, as in `dx[x < 0] = 0`.
    """

    place: str
    is_own: bool
    value: ast.expr
    statement: ast.stmt
    position: int | None = None
    in_part: bool = False

    @property
    def prepares(self) -> bool:
        """Whether it only makes room: zeros, an empty list, None."""
        value = self.value
        if self.in_part or isinstance(self.statement, ast.AugAssign):
            return False
        if isinstance(value, ast.Constant):
            return True
        if isinstance(value, ast.List | ast.Dict | ast.Tuple):
            return not ast.unparse(value).strip("[]{}() ")
        if isinstance(value, ast.Call):
            called = value.func
            return (called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)) in _PREPARING
        return False


def stores_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Store]:
    """Every place a method writes, in the order of its lines; of a list or dict literal each element."""
    own = function.args.args[0].arg if function.args.args else "self"
    appended: dict[str, int] = {}
    found: list[Store] = []
    for statement in statements(function):
        for target, value, position in _written(statement):
            found += _stores(target, value, position, statement, own)
        found += _appended(statement, own, appended, found)
    return found


def statements(function: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a function in the order of their lines, those of functions inside it left out."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(child, ast.stmt):
            yield child
        yield from statements(child)


def place_of(target: ast.expr, own: str) -> tuple[str, bool] | None:
    """A target as a path, and whether it is the object's; slices that say where in an array are left out."""
    if isinstance(target, ast.Name):
        return target.id, False
    if isinstance(target, ast.Attribute):
        if isinstance(target.value, ast.Name) and target.value.id == own:
            return target.attr, True
        owner = place_of(target.value, own)
        return (f"{owner[0]}.{target.attr}", owner[1]) if owner else None
    if isinstance(target, ast.Subscript):
        owner = place_of(target.value, own)
        if owner is None:
            return None
        key = target.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str | int) and owner[1]:
            # `grads['W']` and `grads[0]` are places; whether `dW[0]` is one the reader of the places decides.
            return f"{owner[0]}[{key.value!r}]", True
        return owner
    return None


def _written(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr, int | None]]:
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _unpacked(target, statement.value)
    elif isinstance(statement, ast.AugAssign) or (isinstance(statement, ast.AnnAssign) and statement.value):
        yield statement.target, statement.value or statement.target, None


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr, int | None]]:
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, value, None
        return
    parts = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) else None
    for position, element in enumerate(target.elts):
        yield element, (parts[position] if parts else value), (None if parts else position)


def _stores(target: ast.expr, value: ast.expr, position: int | None, statement: ast.stmt, own: str) -> Iterator[Store]:
    found = place_of(target, own)
    if found is None:
        return
    place, is_own = found
    in_part = isinstance(target, ast.Subscript) and not place.endswith("]")
    yield Store(place=place, is_own=is_own, value=value, statement=statement, position=position, in_part=in_part)
    for key, element in _elements(value):
        yield Store(place=f"{place}[{key!r}]", is_own=is_own, value=element, statement=statement)


def _elements(value: ast.expr) -> Iterator[tuple[str | int, ast.expr]]:
    if isinstance(value, ast.Dict):
        for key, element in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str | int):
                yield key.value, element
    elif isinstance(value, ast.List | ast.Tuple):
        yield from enumerate(value.elts)


def _appended(statement: ast.stmt, own: str, counted: dict[str, int], known: list[Store]) -> Iterator[Store]:
    """What `grads.append(dW)` writes: the next place of the list."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "append":
        return
    owner = place_of(call.func.value, own)
    if owner is None or not call.args:
        return
    place, is_own = owner
    if place not in counted:
        counted[place] = sum(store.place.startswith(f"{place}[") for store in known)
    yield Store(place=f"{place}[{counted[place]}]", is_own=is_own, value=call.args[0], statement=statement)
    counted[place] += 1
