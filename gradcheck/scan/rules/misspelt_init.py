"""GRC302: a constructor or a `self` that is misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gradcheck.scan.facts.functions import Function
from gradcheck.scan.facts.layers import Layer, layers
from gradcheck.scan.facts.syntax import called, last_name
from gradcheck.scan.model import Edit, Example, Fix, Hit, Precision, Rule, Severity

if TYPE_CHECKING:
    from gradcheck.scan.facts.module import Module

_ALMOST = frozenset(
    {
        "_init_",
        "__init",
        "_init__",
        "__init_",
        "init__",
        "__inti__",
        "__innit__",
        "__initt__",
        "__iinit__",
        "__ini__",
        "___init__",
    }
)
# A name such as these that is given something.
_WORTH = re.compile(
    r"(?:(?:self|slef|sefl|seld)_[A-Za-z]\w*|(?:slef|sefl|seld)[\s\\]*\.[\s\\]*\w+)[\s\\]*(?::[^\n=]*)?=(?!=)"
)
_SELF = re.compile(r"(?:self|slef|sefl|seld)_[A-Za-z]\w*|(?:slef|sefl|seld)\.\w+")


def examine(_node: None, module: Module) -> Iterator[Hit]:
    """Find methods almost named `__init__`, and `self_layer = Linear(...)` in a constructor."""
    for layer in layers(module):
        yield from _constructors(layer, module)
        made = layer.methods.get("__init__")
        if made is not None:
            yield from _selves(made)


def _is_worth_it(module: Module) -> bool:
    return not _ALMOST.isdisjoint(module.defined) or _WORTH.search(module.text) is not None


def _constructors(layer: Layer, module: Module) -> Iterator[Hit]:
    if "__init__" in layer.methods:
        return
    for name in sorted(_ALMOST & layer.methods.keys()):
        method = layer.methods[name]
        label, parameters = method.node.field("name"), method.node.field("parameters")
        if label is None or parameters is None or not re.match(r"\(\s*self\b", parameters.text()):
            continue
        if re.search(rf"\.{re.escape(name)}\b", module.text) or not re.search(
            r"\bself\.\w+\s*=|super\(", method.node.text()
        ):
            continue
        span = label.range()
        edit = Edit(start=span.start.index, end=span.end.index, replacement="__init__")
        yield Hit(
            node=label,
            message=f"`{name}` is no constructor: Python calls `__init__` and never this",
            fix=Fix(message="Write `__init__`", edits=(edit,), safe=True),
        )


def _selves(made: Function) -> Iterator[Hit]:
    for one in made.statements:
        name = last_name(called(one.value_node))
        if one.operator != "=" or not _SELF.fullmatch(one.target) or not name[:1].isupper():
            continue
        mentions = len(re.findall(rf"(?<![\w.]){re.escape(one.target)}\b", made.code))
        if mentions == 1 and one.target not in made.parameters:
            yield Hit(
                node=one.node,
                message=f"`{one.target}` is a local name: the layer is gone when `__init__` ends",
                remedy=f"Write `self.{re.split('[_.]', one.target, maxsplit=1)[1]}`.",
            )


RULE = Rule(
    code="GRC302",
    name="misspelt_init",
    summary="A misspelt `__init__` or `self`",
    why=(
        "Python makes an ordinary method or a local name of it without a word: the layers are never built or "
        "never registered."
    ),
    remedy="Write `__init__` with two underscores on each side, and `self.` with a dot.",
    severity=Severity.ERROR,
    precision=Precision.VERY_HIGH,
    worth=_is_worth_it,
    needles=(*(f"def {name}(".encode() for name in sorted(_ALMOST)), b" self_", b"slef", b"sefl", b"seld"),
    kinds=frozenset({"module"}),
    examine=examine,
    bad=(
        Example(
            text="""\
class Net(Module):
    def _init_(self):
        self.fc = Linear(2, 2)
""",
            fixed="""\
class Net(Module):
    def __init__(self):
        self.fc = Linear(2, 2)
""",
        ),
        Example(
            text="""\
class Net(Module):
    def __init(self, n):
        super().__init__()
        self.n = n
""",
            fixed="""\
class Net(Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
""",
        ),
        Example(
            text="""\
class Net(Module):
    def __init__(self):
        super().__init__()
        self_fc = Linear(2, 2)
        self.out = Linear(2, 1)
"""
        ),
    ),
    good=(
        """\
class Net(Module):
    def __init__(self):
        super().__init__()
        self.fc = Linear(2, 2)
""",
        """\
class Net(Module):
    def __init__(self):
        self._init_()

    def _init_(self):
        self.fc = Linear(2, 2)
""",
        """\
class Net(Module):
    def __init__(self, self_attention):
        self_block = Block(self_attention)
        self.block = self_block
""",
    ),
)
