"""The parameters of one `def`, as written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.source.model import Parameter

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_STARS = {"list_splat_pattern": "*", "dictionary_splat_pattern": "**"}


def parameters_of(listed: SgNode) -> tuple[Parameter, ...]:
    """Every parameter of a `parameters` node in order; the bare `/` and `*` are no parameters."""
    found = []
    for node in listed.children():
        parameter = _parameter(node)
        if parameter:
            found.append(parameter)
    return tuple(found)


def _parameter(node: SgNode) -> Parameter | None:
    kind = node.kind()
    if kind == "identifier":
        return Parameter(name=node.text())
    if kind in _STARS:
        return Parameter(name=node.text().lstrip("* "), star=_STARS[kind])
    if kind == "typed_parameter":
        inner = node.child(0)
        annotation = node.field("type")
        if inner is None:
            return None
        star = _STARS.get(inner.kind(), "")
        return Parameter(name=inner.text().lstrip("* "), star=star, annotation=annotation.text() if annotation else "")
    if kind in {"default_parameter", "typed_default_parameter"}:
        name = node.field("name")
        annotation = node.field("type")
        if name is None:
            return None
        return Parameter(name=name.text(), has_default=True, annotation=annotation.text() if annotation else "")
    return None  # punctuation, comments, Python 2's tuple parameters
