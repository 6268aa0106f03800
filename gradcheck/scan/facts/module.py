"""One file as the rules ask about it: names, enclosing functions and classes, roles, flows."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from gradcheck.scan.facts.classes import ClassSketch, sketches_in
from gradcheck.scan.facts.outline import Extent, defined_in, extents_in
from gradcheck.source.names import Names, names_in
from gradcheck.source.parse import UnparsableError, damage, is_sound, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ast_grep_py import SgNode

    from gradcheck.scan.documents import Document
    from gradcheck.scan.facts.project import Project

_FUNCTIONS = frozenset({"function_definition"})
#: Kinds of nodes that nearly every file is asked for.
COLLECTED = ("ERROR", "class_definition", "function_definition")
_SCOPES = frozenset({"function_definition", "class_definition"})


class Module:
    """What a rule may ask about the file it is looking at.

    Args:
        document: The file's text.
        project: What is known of the project around it.
        kinds: Kinds of nodes that will be asked for beside the `COLLECTED`.
        vocabulary: A text that holds every name of the file; the file's own text by default.
    """

    def __init__(self, document: Document, project: Project, kinds: Iterable[str] = (), vocabulary: str = "") -> None:
        self.document = document
        self.project = project
        self.vocabulary = vocabulary or document.text
        self._kinds = sorted({*COLLECTED, *kinds})
        self._nodes: dict[str, list[SgNode]] | None = None
        self._imports: dict[str, bool] = {}
        self.memory: dict[str, object] = {}  # what analyses keep, each under a name of its own
        self.is_passed_over = False  # whether extents told some analysis that it finds nothing here

    @property
    def path(self) -> str:
        """The file, posix, relative to the project root."""
        return self.document.path

    @property
    def text(self) -> str:
        """The text as scanned."""
        return self.document.text

    @cached_property
    def root(self) -> SgNode:
        """Its syntax tree, made when it is first asked for: in most files nothing is.

        Raises:
            UnparsableError: The text is not given to the parser, or the parser refuses it.
        """
        return parse(self.text)

    @property
    def is_parsed(self) -> bool:
        """Whether anything asked for the tree."""
        return "root" in self.__dict__

    @cached_property
    def damage(self) -> UnparsableError | None:
        """What Python would not read; a file that nobody asked for the tree of is given to Python alone.

        Raises:
            UnparsableError: The text is not given to the parser, or the parser refuses it.
        """
        if not self.is_parsed and is_sound(self.text):
            return None
        return damage(self.root, self.text, thorough=True, has_error=bool(self.nodes("ERROR")))

    @property
    def is_regular(self) -> bool:
        """Whether the text is what it looks like: Python reads it, and so did the parser where it was asked."""
        return self.damage is None and not (self.is_parsed and self.nodes("ERROR"))

    def nodes(self, kind: str) -> list[SgNode]:
        """Every node of one of the kinds collected, in the order of the text; the tree is walked once for all."""
        if self._nodes is None:
            self._nodes = {one: [] for one in self._kinds}
            for node in self.root.find_all(any=[{"kind": one} for one in self._kinds]):
                self._nodes[node.kind()].append(node)
        return self._nodes[kind]

    def forget(self) -> None:
        """Let go of what analyses keep: they know this file, and a circle would outlive its use."""
        for kept in self.memory.values():
            close = getattr(kept, "close", None)
            if close is not None:
                close()
        self.memory.clear()
        self.is_passed_over = False

    @cached_property
    def sketches(self) -> tuple[ClassSketch, ...]:
        """Its classes in the order of the text."""
        return sketches_in(self.nodes("class_definition"), self.path)

    @cached_property
    def defined(self) -> frozenset[str]:
        """The names of at least all functions it defines, told without its tree."""
        return defined_in(self.text)

    @cached_property
    def extents(self) -> list[Extent] | None:
        """At least every function and class, told without its tree; None where that cannot be.

        What finds nothing by them sets `is_passed_over`: they are right where the file `is_regular`.
        """
        return extents_in(self.text)

    @cached_property
    def names(self) -> Names:
        """The import table."""
        return names_in(self.text)

    def dotted(self, node: SgNode | None) -> str:
        """What an identifier or a chain of attributes stands for, imports resolved: `np.exp` is `numpy.exp`.

        A name that is not imported stands for itself (`self.x`, `Tensor`); "" for anything else.
        """
        if node is None or node.kind() not in {"identifier", "attribute"}:
            return ""
        written = node.text()
        if "(" in written or "[" in written:
            return ""
        written = "".join(written.split())
        found = self.names.dotted(written)
        return found[0] if found else written

    def imports(self, package: str) -> bool:
        """Whether the file imports a package or something inside it."""
        found = self._imports.get(package)
        if found is None:
            inside = f"{package}."
            targets = {target for targets in self.names.imported.values() for target in targets} | {*self.names.stars}
            found = any(target == package or target.startswith(inside) for target in targets)
            self._imports[package] = found
        return found

    @staticmethod
    def function_of(node: SgNode) -> SgNode | None:
        """The `def` around a node, or None."""
        return next((around for around in node.ancestors() if around.kind() in _FUNCTIONS), None)

    @staticmethod
    def class_of(node: SgNode) -> SgNode | None:
        """The class whose body or method holds a node, or None."""
        return next((around for around in node.ancestors() if around.kind() == "class_definition"), None)

    @staticmethod
    def qualname(node: SgNode) -> str:
        """Dotted name of the functions and classes around a node; "" at module level."""
        names = [
            name.text() for around in node.ancestors() if around.kind() in _SCOPES and (name := around.field("name"))
        ]
        return ".".join(reversed(names))
