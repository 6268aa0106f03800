"""Code as text that is written one way only, and the parts of a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_COMMENT = re.compile(r"#[^\n]*")
_SPACE = re.compile(r"\\?\s+")
_NEEDLESS = re.compile(r"(?<![\w]) | (?![\w])")
_NUMBER = re.compile(r"\b(\d+)\.0?(?![\d\w])")


def plain(node: SgNode | None) -> str:
    """A node's code without comments and without spaces that Python needs not; `1.0` and `1.` are `1`."""
    return "" if node is None else plain_text(node.text())


def plain_text(text: str) -> str:
    """Code without comments and without spaces that Python needs not; `1.0` and `1.` are `1`."""
    code = _COMMENT.sub("", text) if "#" in text else text
    spaced = _SPACE.sub(" ", code) if "\\" in code else " ".join(code.split())
    plain = _NEEDLESS.sub("", spaced) if " " in spaced else spaced
    return _NUMBER.sub(r"\1", plain) if "." in plain else plain


def arguments(call: SgNode) -> tuple[list[SgNode], dict[str, SgNode]]:
    """What a call is given by position, stars included, and by name."""
    listed = call.field("arguments")
    given: list[SgNode] = []
    named: dict[str, SgNode] = {}
    for part in listed.named_children() if listed and listed.kind() == "argument_list" else ():
        if part.kind() == "keyword_argument":
            name, value = part.field("name"), part.field("value")
            if name is not None and value is not None:
                named[name.text()] = value
        elif part.kind() != "comment":
            given.append(part)
    return given, named


def last_name(node: SgNode | None) -> str:
    """The last part of a dotted name, `Linear` of `nn.Linear`; the name itself where there is no dot."""
    if node is None:
        return ""
    if node.kind() == "attribute":
        attribute = node.field("attribute")
        return attribute.text() if attribute else ""
    return node.text() if node.kind() == "identifier" else ""


def called(node: SgNode | None) -> SgNode | None:
    """What a call calls; None for anything that is no call."""
    return node.field("function") if node is not None and node.kind() == "call" else None


def without_brackets(node: SgNode | None) -> SgNode | None:
    """The expression inside parentheses that only group."""
    while node is not None and node.kind() == "parenthesized_expression":
        inner = node.named_children()
        if len(inner) != 1:
            return node
        node = inner[0]
    return node
