"""GRC201: `np.dot` in a product of matrices that may have batch axes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, functions_with
from gradcheck.scan.facts.syntax import called
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\.dot\(")
_PRODUCT = re.compile(r"\A(?:__matmul__|matmul|mat_mul|batch_?matmul|bmm|__rmatmul__)\Z", re.IGNORECASE)
_CLASS = re.compile(r"\A(?:batch_?matmul|bmm|matmul|matmul_?(?:op|function|backward)|\w*attention\w*)\Z", re.IGNORECASE)
_MATRIX = re.compile(r"ndim|len\([\w.]+\.shape\)|\b[wW](?:eights?)?\b|\.reshape\(|flatten|ravel|\.dim\b")
_DOT = re.compile(r"(?:np|numpy|cp|xp)\.dot\(")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find `np.dot` in functions that promise `matmul`."""
    if not module.imports("numpy"):
        return
    for function in functions_with(module, _WORTH):
        owner = module.class_of(function.node)
        name = owner.field("name") if owner else None
        promised = _PRODUCT.match(function.name) or (name is not None and _CLASS.match(name.text()))
        if not promised or not _DOT.search(function.code):
            continue
        scope = owner.text() if owner and not _PRODUCT.match(function.name) else function.node.text()
        if _MATRIX.search(scope):
            continue
        yield from _dots(function, module)


def _dots(function: Function, module: Module) -> Iterator[Hit]:
    for call in function.node.find_all(kind="call"):
        if module.dotted(called(call)) == "numpy.dot":
            yield Hit(
                node=call,
                message=(
                    f"`np.dot` in `{function.name}`: of (2, 3, 4) and (2, 4, 5) it makes (2, 3, 2, 5), "
                    f"where a matmul makes (2, 3, 5)"
                ),
            )


RULE = Rule(
    code="GRC201",
    name="np_dot_batched",
    summary="`np.dot` where operands may have batch axes",
    why=("With three or more axes `np.dot` pairs every matrix of one operand with every matrix of the other."),
    remedy="Use `np.matmul` or `@`.",
    severity=Severity.WARNING,
    precision=Precision.MEDIUM,
    needles=(b".dot(",),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
import numpy as np


class Tensor:
    def __matmul__(self, other):
        return Tensor(np.dot(self.data, other.data))
"""
        ),
        Example(
            text="""\
import numpy as np


def matmul(a, b):
    return Tensor(np.dot(a.data, b.data))
"""
        ),
        Example(
            text="""\
import numpy as np


class SelfAttention:
    def forward(self, q, k, v):
        return np.dot(softmax(q), v)
"""
        ),
    ),
    good=(
        """\
import numpy as np


class Tensor:
    def __matmul__(self, other):
        return Tensor(np.matmul(self.data, other.data))
""",
        """\
import numpy as np


class Dense:
    def forward(self, x):
        return np.dot(x, self.W)
""",
        """\
import numpy as np


def matmul(a, b):
    assert a.ndim == b.ndim == 2
    return Tensor(np.dot(a.data, b.data))
""",
    ),
)
