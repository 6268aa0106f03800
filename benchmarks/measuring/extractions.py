"""Every place where a value may leave a graph, by attribute and call alone: what is labelled, whatever scan says."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

#: Attributes under which tensors keep their plain array, in torch and in home-made tapes.
_ATTRIBUTES = frozenset({"_data", "_tensor", "array", "cached_data", "data", "value"})
_METHODS = frozenset({"asnumpy", "detach", "detach_", "item", "numpy", "realize_cached_data", "to_numpy", "tolist"})
_MAKERS = frozenset({"FloatTensor", "Tensor", "as_tensor", "from_numpy", "tensor"})
#: Names of packages and arrays: what is read of them is no tensor's.
_NOT_TENSORS = frozenset({"array", "array_api", "cp", "cupy", "nd", "np", "numpy", "torch"})


def extractions(root: Path) -> dict[str, frozenset[int]]:
    """Files below a folder, tests left out, each with the lines where a value may leave a graph or a gradient is set.

    Files that Python cannot parse have none.
    """
    found = {}
    for file in sorted(root.rglob("*.py")):
        path = file.relative_to(root).as_posix()
        if "test" not in path.lower():
            lines = frozenset(_lines(file))
            if lines:
                found[path] = lines
    return found


def _lines(file: Path) -> Iterator[int]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        except SyntaxError:
            return
    for node in ast.walk(tree):
        match node:
            case ast.Attribute() if _leaves(node):
                yield node.lineno
            case ast.Call() if _takes(node):
                yield node.lineno
            case ast.With() if any("no_grad" in ast.dump(item) for item in node.items):
                yield node.lineno


def _leaves(node: ast.Attribute) -> bool:
    if node.attr == "grad":
        return isinstance(node.ctx, ast.Store)
    return node.attr in _ATTRIBUTES and not (isinstance(node.value, ast.Name) and node.value.id in _NOT_TENSORS)


def _takes(node: ast.Call) -> bool:
    function = node.func
    if isinstance(function, ast.Name):
        return function.id == "float"
    if not isinstance(function, ast.Attribute):
        return False
    of_torch = isinstance(function.value, ast.Name) and function.value.id == "torch"
    return function.attr in _METHODS or (of_torch and function.attr in _MAKERS)
