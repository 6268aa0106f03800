"""GRC203: `array.transpose(-2, -1)`, which on an ndarray exchanges nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.syntax import arguments, called, plain
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from gradcheck.scan.facts.module import Module

_PAIRS = frozenset({("-2", "-1"), ("-1", "-2")})
_ARRAY = re.compile(r"\Anumpy\.(?!load\b)")


def examine(node: SgNode, module: Module) -> Iterator[Hit]:
    """Find PyTorch's transpose called on what is known to be an array of NumPy."""
    function = called(node)
    attribute = function.field("attribute") if function and function.kind() == "attribute" else None
    if function is None or attribute is None or attribute.text() != "transpose":
        return
    given, named = arguments(node)
    receiver = function.field("object")
    if named or tuple(plain(one) for one in given) not in _PAIRS or receiver is None:
        return
    if not _is_array(receiver, node, module):
        return
    span = node.range()
    alias = next((name for name, targets in module.names.imported.items() if "numpy" in targets), "np")
    edit = Edit(start=span.start.index, end=span.end.index, replacement=f"{alias}.swapaxes({receiver.text()}, -2, -1)")
    yield Hit(
        node=node,
        message=(
            f"`{plain(receiver)}` is an ndarray: `transpose{tuple(int(plain(one)) for one in given)}` "
            f"permutes all of its axes, and does not exchange two"
        ),
        fix=Fix(message="Write `np.swapaxes(a, -2, -1)`", edits=(edit,), safe=True),
    )


def _is_array(receiver: SgNode, node: SgNode, module: Module) -> bool:
    """Whether the receiver is made by NumPy in plain sight."""
    if receiver.kind() == "call":
        return _makes_array(receiver, module)
    around = module.function_of(node)
    if receiver.kind() != "identifier":
        return False
    name = receiver.text()
    scope = Function(around if around is not None else module.root)
    listed = around.field("parameters") if around is not None else None
    for part in listed.named_children() if listed else ():
        if part.kind() in {"typed_parameter", "typed_default_parameter"} and re.match(
            rf"{name}\s*:\s*(?:np|numpy)\.ndarray\b", part.text()
        ):
            return not any(one.target == name for one in scope.statements)
    made = [
        one
        for one in scope.statements
        if name in re.findall(r"\w+", one.target.partition("[")[0]) and one.operator == "="
    ]
    return bool(made) and all(
        one.target == name and one.value_node is not None and _makes_array(one.value_node, module) for one in made
    )


def _makes_array(value: SgNode, module: Module) -> bool:
    function = called(value)
    dotted = module.dotted(function)
    if _ARRAY.match(dotted):
        return True
    return bool(function is not None and function.kind() == "attribute" and function.text().endswith(".numpy"))


RULE = Rule(
    code="GRC203",
    name="ndarray_transpose_negative",
    summary="`transpose(-2, -1)` of an ndarray",
    why=(
        "NumPy's transpose takes all axes in their new order: `(-2, -1)` leaves a matrix as it is and fails "
        "for three axes or more."
    ),
    remedy="Write `np.swapaxes(a, -2, -1)`.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    needles=(b"transpose(-",),
    kinds=frozenset({"call"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import numpy as np


def scores(q, k):
    k = np.asarray(k)
    return q @ k.transpose(-2, -1)
""",
            fixed="""\
import numpy as np


def scores(q, k):
    k = np.asarray(k)
    return q @ np.swapaxes(k, -2, -1)
""",
        ),
        Example(
            text="""\
import numpy as np

a = np.exp(b).transpose(-1, -2)
""",
            fixed="""\
import numpy as np

a = np.swapaxes(np.exp(b), -2, -1)
""",
        ),
        Example(
            text="""\
import numpy as np


def flip(x: np.ndarray):
    return x.transpose(-2, -1)
""",
            fixed="""\
import numpy as np


def flip(x: np.ndarray):
    return np.swapaxes(x, -2, -1)
""",
        ),
    ),
    good=(
        """\
import numpy as np


def scores(q, k):
    k = np.asarray(k)
    return q @ np.swapaxes(k, -2, -1)
""",
        """\
import torch


def scores(q, k):
    return q @ k.transpose(-2, -1)
""",
        """\
import numpy as np


def permute(x: np.ndarray):
    return x.transpose(0, 2, 1)
""",
    ),
)
