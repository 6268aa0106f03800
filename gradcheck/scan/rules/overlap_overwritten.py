"""GRC603: `=` into windows that overlap, where `+=` belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function, Statement, functions_with
from gradcheck.scan.facts.layers import DERIVES
from gradcheck.scan.facts.syntax import plain
from gradcheck.scan.model import Example, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_WORTH = re.compile(r"\][^\n]*=[^=]")
_BACKWARD = re.compile(r"backward|backprop|bprop|bwd|grad|col2im|fold\Z", re.IGNORECASE)
_INPUT_GRADIENT = re.compile(
    r"\A(?:self\.)?(?:d_?(?:x|X|A|Z|input|inputs|L?d?[xXAZ]|in|a|prev)\w*|grad_?(?:x|X|input|in)\w*|input_?grad\w*|\w*_grad|\w*_dx|d[A-Z]_?prev\w*"
    r"|dL?d[xXAZ]\w*|\w*grad_input\w*|delta\w*|d_?image\w*|d_?input\w*)\Z"
)
# Sums and products of names: what bounds of windows are made of.
_SIMPLE = re.compile(r"[\w.]+(?:[*+][\w.]+)*")
_STRIDED = re.compile(r"(\w+):([^:]*):(?:self\.)?(?:s|stride\w*|\w*_stride|s[hwxy]|stride\[\d\])")
_SLICE = re.compile(r"(?<![\w.])([\w.*+()-]+):([\w.*+()-]+)(?![\w.])")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find assignments of shares to moving windows of an input gradient."""
    for function in functions_with(module, _WORTH):
        if not _BACKWARD.search(function.name):
            continue
        for statement in function.statements:
            if statement.operator == "=" and "[" in statement.target and statement.loops:
                yield from _window(statement, function)


def _window(statement: Statement, function: Function) -> Iterator[Hit]:
    base, _, index = statement.target.partition("[")
    if not _INPUT_GRADIENT.match(base) or base in re.findall(r"[\w.]+", statement.value):
        return
    slices = [match for part in _split(index.rstrip("]")) if (match := _SLICE.fullmatch(part))]
    strided = [
        match
        for part in _split(index.rstrip("]"))
        if (match := _STRIDED.fullmatch(part)) and _begins(match[1], statement)
    ]
    moving = strided or [one for one in slices if _overlaps(one[1], one[2], statement, function)]
    if len(moving) < 2 and not (moving and len(slices) + len(strided) == 1):
        return
    yield Hit(
        node=statement.node,
        message=f"windows of `{base}` overlap, and `=` keeps what the last one wrote",
        remedy=f"Write `{base}[...] += ...`.",
    )


def _begins(start: str, statement: Statement) -> bool:
    """Whether a strided slice begins at the variable of a loop: one entry of every window at a time."""
    return any(
        start in re.findall(r"\w+", plain(loop.field("left")))
        for loop in statement.loops
        if loop.kind() == "for_statement"
    )


def _split(index: str) -> list[str]:
    """The parts of an index at its outermost commas."""
    parts, depth = [""], 0
    for character in index:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _overlaps(start: str, stop: str, statement: Statement, function: Function) -> bool:
    """Whether a slice moves with a loop by less than it is wide, as far as the code says."""
    variables = {
        plain(loop.field("left")): plain(loop.field("right"))
        for loop in statement.loops
        if loop.kind() == "for_statement"
    }
    values = {one.target: one.value for one in function.statements if one.operator == "=" and one.target.isidentifier()}
    names = {name for key in variables for name in re.findall(r"\w+", key)}
    begin, end = _resolved(start, values, names), _resolved(stop, values, names)
    loop = next((name for name in names if re.search(rf"\b{name}\b", begin)), None)
    if loop is None or not re.search(rf"\b{loop}\b", end):
        return False
    step = _step(begin, loop)
    if step is None:
        return False
    if re.search(rf"\(?{loop}\+1\)?\*|\*\({loop}\+1\)", end):
        return False  # as wide as it moves
    width = end.removeprefix(begin).lstrip("+") if end.startswith(begin) else ""
    if not width:
        head, _, tail = end.partition("+")
        width = head if begin in tail else ""
    ranged = next((value for key, value in variables.items() if loop in re.findall(r"\w+", key)), "")
    stepped = re.search(r"range\(.*,(?:[^,]*),([\w.]+)\)", ranged)
    moved = step if step != "1" else (stepped[1] if stepped else "1")
    return bool(width) and width != "1" and _name(width) != _name(moved)


def _name(text: str) -> str:
    return re.sub(r"\Aself\.|\[\w+\]\Z|[()]", "", text)


def _resolved(text: str, values: dict[str, str], names: set[str]) -> str:
    """A bound with its local names written out, the variables of loops left alone."""
    for _ in range(3):
        text = re.sub(r"(?<![\w.])[A-Za-z_]\w*(?![\w.(\[])", lambda match: _written(match[0], values, names), text)
    return text


def _written(name: str, values: dict[str, str], names: set[str]) -> str:
    value = values.get(name, name)
    return name if name in names or not _SIMPLE.fullmatch(value) else value


def _step(begin: str, loop: str) -> str | None:
    """What a loop's variable is multiplied with in a window's start."""
    match = re.fullmatch(rf"(?:{loop}\*(?P<after>[\w.\[\]]+)|(?P<before>[\w.\[\]]+)\*{loop}|{loop})", begin)
    return (match["after"] or match["before"] or "1") if match else None


RULE = Rule(
    code="GRC603",
    name="overlap_overwritten",
    summary="Shares of overlapping windows assigned instead of added",
    why=(
        "An input entry that several windows cover gets a gradient from each of them. `=` keeps the last "
        "one's; it goes unnoticed as long as the stride is the width of the window."
    ),
    remedy="Add to the window with `+=`.",
    severity=Severity.ERROR,
    precision=Precision.HIGH,
    needles=DERIVES,
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
def conv_backward(dout, x, W):
    k = W.shape[2]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + k, j : j + k] = np.tensordot(dout[:, :, i, j], W, axes=1)
    return dx
"""
        ),
        Example(
            text="""\
def max_pool_backward(dout, cache):
    x, size, stride = cache
    dx = np.zeros_like(x)
    for i in range(dout.shape[0]):
        for j in range(dout.shape[1]):
            window = x[i * stride : i * stride + size, j * stride : j * stride + size]
            dx[i * stride : i * stride + size, j * stride : j * stride + size] = (window == window.max()) * dout[i, j]
    return dx
"""
        ),
        Example(
            text="""\
class Pool:
    def backward(self, g):
        dx = np.zeros(self.shape)
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                top = i * self.stride
                left = j * self.stride
                dx[top : top + self.size, left : left + self.size] = g[i, j] / self.size**2
        return dx
"""
        ),
    ),
    good=(
        """\
def conv_backward(dout, x, W):
    k = W.shape[2]
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i : i + k, j : j + k] += np.tensordot(dout[:, :, i, j], W, axes=1)
    return dx
""",
        """\
def pool_backward(dout, x, size):
    dx = np.zeros_like(x)
    for i in range(dout.shape[0]):
        for j in range(dout.shape[1]):
            dx[i * size : (i + 1) * size, j * size : (j + 1) * size] = dout[i, j] / size**2
    return dx
""",
        """\
def pool_forward(x, size, stride):
    for i in range(4):
        for j in range(4):
            columns[i, j] = x[i * stride : i * stride + size, j * stride : j * stride + size]
    return columns
""",
    ),
)
