"""What is known while one function is read: names, regions, what was attached, what came out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.operations import RAW_METHODS
from gradcheck.scan.dataflow.values import Value
from gradcheck.scan.dataflow.words import raw_attributes, uses_torch
from gradcheck.scan.facts.functions import decorators_of
from gradcheck.source.signatures import parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ast_grep_py import SgNode

    from gradcheck.scan.facts.classes import ClassSketch
    from gradcheck.scan.facts.module import Module
    from gradcheck.scan.facts.project import Summary

_FOREIGN = re.compile(
    r"(?:torch|torchvision|tensorflow|jax|jaxlib|keras|paddle|mindspore|mxnet|chainer|theano|pytensor|numpy|scipy|pandas|typing)\b"
)
_TENSOR_NAMES = frozenset({"Tensor", "Variable"})


@dataclass(slots=True, kw_only=True)
class Function:
    """A function as written and where.

    Attributes:
        node: Its `def`.
        name: Its name.
        owner: The class it is a method of, or None.
        start: Where its `def` begins in the text.
        end: Where its body ends.
    """

    node: SgNode
    name: str
    owner: ClassSketch | None
    start: int = 0
    end: int = 0

    @property
    def decorators(self) -> str:
        """Text of its decorators."""
        return decorators_of(self.node)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters in order, `self` included."""
        listed = self.node.field("parameters")
        return tuple(parameter.name for parameter in parameters_of(listed)) if listed else ()


@dataclass(slots=True, kw_only=True)
class Frame:
    """The state of one reading of one function.

    Attributes:
        module: The file.
        function: The function being read.
        summarise: Gives the summary of a helper of the file by name, the method of a class by `Class.name`.
        stored: Gives what a method of the same class, by its name, leaves in an attribute of `self`.
        enter: Reads a function defined inside with the values it is given, and answers with what it returns.
        environment: Names, and attributes of names, to values.
        attached: Keys of new tensors that were attached to a graph, wherever in the function that stands.
        frozen: How many regions without gradients are around the statement being read.
        lists: Names bound to lists made here.
        closures: Functions defined inside, by name.
        called: Methods of the same class that were called so far.
        returned: What was returned, with the statement.
        driven: What `backward()` was called on, with the call.
        judged: The predictions given to losses, with the call.
        depth: How many closures deep the reading is.
    """

    module: Module
    function: Function
    summarise: Callable[[str], Summary | None]
    stored: Callable[[Function, str, str], Value]
    enter: Callable[[SgNode, Sequence[Value], Frame], Value]
    environment: dict[str, Value] = field(default_factory=dict)
    attached: set[int] = field(default_factory=set)
    frozen: int = 0
    lists: set[str] = field(default_factory=set)
    closures: dict[str, SgNode] = field(default_factory=dict)
    called: dict[str, None] = field(default_factory=dict)
    returned: list[tuple[Value, SgNode]] = field(default_factory=list)
    driven: list[tuple[Value, SgNode]] = field(default_factory=list)
    judged: list[tuple[Value, SgNode]] = field(default_factory=list)
    depth: int = 0

    def is_raw_attribute(self, name: str) -> bool:
        """Whether an attribute of this name may be a tensor's plain array."""
        return name in raw_attributes(self.module)

    @staticmethod
    def is_raw_method(name: str) -> bool:
        """Whether a method of this name hands out a tensor's plain array."""
        return name in RAW_METHODS

    def makes_tape_tensor(self, callee: SgNode) -> bool:
        """Whether a call of this constructs the tensor of a home-made tape."""
        written = "".join(callee.text().split())
        owner = self.function.owner
        if written in {"self.__class__", "type(self)", "cls", "__class__"}:
            return owner is not None and (self.module.project.is_tape(owner.name) or owner.is_tensor)
        if written.endswith(".__class__") or re.fullmatch(r"type\(\w+\)", written):
            return True
        name = written.rpartition(".")[2]
        if not name[:1].isupper() or "(" in written:
            return False
        dotted = self.module.dotted(callee)
        if _FOREIGN.match(dotted):
            return False
        if name not in _TENSOR_NAMES:
            return self.module.project.is_tape(name)
        known = self.module.project.is_tensor(name)
        # The class itself may be missing from what is read; its name and its import then speak for it.
        return known if known is not None else not self.uses_torch

    @property
    def uses_torch(self) -> bool:
        """Whether the file works with torch's tensors."""
        return uses_torch(self.module)
