"""What is known of the whole project; what a file asked is remembered, so that its findings can be used again.

Rules meet a `Project` twice at most: first one that knows their own file alone, then, only where an answer would be
another, one that knows every file. The same record decides whether a cached finding still holds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from gradcheck.scan.facts.classes import PLAIN_ATTRIBUTES, ClassSketch

#: The question and its arguments.
Question = tuple[str, tuple[str, ...]]

# What is read is never given back: most lines are no such assignment, and that shows at their first name.
_PATCH = re.compile(
    rb"\n[ \t]*+(?:[a-z_]\w*+\.)*+([A-Z]\w*+)\.([A-Za-z_]\w*+)[ \t]*+=[ \t]*+"
    rb"(?:[A-Za-z_]\w*+[.(]|[A-Za-z_]\w*+[ \t]*+(?=[#\r\n]|\Z))"
)
#: What a tensor's constructor begins an attribute with that an operation fills with what the tensor was made of.
_EMPTY = re.compile(r"(?:\[\]|\(\)|\{\}|set\(\)|list\(\)|None|lambda\b[^:]*:\s*None)\s*(?:#.*)?\Z")
_TORCH_MODULE = re.compile(r"(?:torch\.)?nn\.(?:Module|[A-Z]\w*)|(?:\w+\.)?LightningModule")
_SETATTR = re.compile(rb"setattr\([ \t\r\n]*(?:[a-z_]\w*\.)*([A-Z]\w*)[ \t]*,[ \t]*[\"'](\w+)[\"'][ \t]*,")


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a helper does with what it is given; positions count its parameters, `self` included.

    Attributes:
        path: File that defines it.
        line: Line of its `def`.
        raw: Parameters whose plain array is in what it returns.
        passed: Parameters that are in what it returns, perhaps computed with.
        wrapped: Parameters that it returns inside a new tensor without an edge.
        cut: Tensors whose array it returns inside a new one; what was cut off before it stays so.
        known: Whether its body was understood; otherwise anything may come back.
    """

    path: str = ""
    line: int = 0
    raw: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()
    wrapped: tuple[int, ...] = ()
    cut: tuple[int, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What one file contributes to the project.

    Attributes:
        path: The file, posix, relative to the project root.
        classes: Its classes.
        patches: Methods it exchanges: class name and method name.
        summaries: Its helpers by qualified name.
        unread: Names of classes that it has, and perhaps of some that it has not, where it was not parsed; `classes`
            is empty then, and none of them is the tensor of a tape.
    """

    path: str
    classes: tuple[ClassSketch, ...] = ()
    patches: tuple[tuple[str, str], ...] = ()
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


def patches_in(data: bytes) -> tuple[tuple[str, str], ...]:
    """Methods that a file's bytes exchange, `Sigmoid.forward = tracked` or `setattr(Sigmoid, "forward", ...)`."""
    # The expression begins with a line feed, so that its search leaps from line to line.
    found = {*_PATCH.findall(b"\n" + data)} | ({*_SETATTR.findall(data)} if b"setattr" in data else set())
    return tuple(sorted((name.decode(), method.decode()) for name, method in found))


class Project:
    """Facts of many files.

    Args:
        files: What each file contributes.
        read: Gives the classes of a file that is told of by the names of its classes alone.
        tensor_types: Names that a person gave for the tensor classes; learnt where empty.
        raw_attributes: Further attributes with a tensor's plain array.
        edge_attributes: Further attributes that attach a result to its inputs.
    """

    def __init__(
        self,
        files: Iterable[FileFacts] = (),
        *,
        read: Callable[[str], Iterable[ClassSketch]] | None = None,
        tensor_types: tuple[str, ...] = (),
        raw_attributes: tuple[str, ...] = (),
        edge_attributes: tuple[str, ...] = (),
    ) -> None:
        self.asked: dict[Question, object] = {}
        self._answers: dict[Question, object] = {}
        self._tensor_types = tensor_types
        self._raw = raw_attributes
        self._edges = edge_attributes
        self._files = {facts.path: facts for facts in files}
        self._read = read
        self._by_name: defaultdict[str, list[ClassSketch]] = defaultdict(list)
        self._unread: defaultdict[str, set[str]] = defaultdict(set)
        for path in sorted(self._files):
            for sketch in self._files[path].classes:
                self._by_name[sketch.name].append(sketch)
            for name in self._files[path].unread:
                self._unread[name].add(path)

    def facts_of(self, path: str) -> FileFacts:
        """What one of the files contributes."""
        return self._files.get(path, FileFacts(path=path))

    def forget_reader(self) -> None:
        """Let go of what gives the classes of unread files: where it knows this project, neither would go by itself."""
        self._read = None

    def answer(self, question: Question) -> object:
        """The answer to a question asked elsewhere."""
        if question not in self._answers:
            name, arguments = question
            self._answers[question] = getattr(self, f"_{name}")(*arguments)
        return self._answers[question]

    def _ask(self, name: str, *arguments: str) -> object:
        question = (name, arguments)
        if question not in self.asked:
            self.asked[question] = self.answer(question)
        return self.asked[question]

    def classes(self, name: str) -> tuple[ClassSketch, ...]:
        """The classes of that name (its last part counts), by path."""
        return self._ask("find_classes", name.rpartition(".")[2])  # type: ignore[return-value]

    def is_tensor(self, name: str) -> bool | None:
        """Whether a class of that name is the tensor of a tape; None where the project has no such class."""
        return self._ask("find_tensor", name.rpartition(".")[2])  # type: ignore[return-value]

    def is_tape(self, name: str) -> bool:
        """Whether the project has a class of that name and it is the tensor of a tape."""
        return bool(self._ask("find_tape", name.rpartition(".")[2]))

    def has_backward(self, name: str) -> bool:
        """Whether a class of that name, or a base of it, brings a backward pass of its own and is no tensor."""
        return bool(self._ask("find_backward", name.rpartition(".")[2]))

    def may_have_backward(self, name: str) -> bool:
        """The same, and whether nothing is known of such a class."""
        return bool(self._ask("find_possible_backward", name.rpartition(".")[2]))

    def is_module(self, name: str) -> bool:
        """Whether a class of that name has one of torch's modules among its bases."""
        return bool(self._ask("find_module", name.rpartition(".")[2]))

    def is_patched(self, class_name: str, method: str) -> bool:
        """Whether some file exchanges that method."""
        return bool(self._ask("find_patch", class_name, method))

    def patched_classes(self, method: str) -> tuple[str, ...]:
        """Names of the classes whose method of that name is exchanged."""
        return self._ask("find_patched", method)  # type: ignore[return-value]

    def raw_attributes(self) -> tuple[str, ...]:
        """Attributes that give the plain array of the project's tensors."""
        return self._ask("find_raw")  # type: ignore[return-value]

    def edge_attributes(self) -> tuple[str, ...]:
        """Attributes that attach the project's tensors: those a person named, and those their classes begin empty."""
        return self._ask("find_edges")  # type: ignore[return-value]

    def summary(self, dotted: str, path: str) -> Summary | None:
        """What a helper does, by its dotted name (leading dots as in a relative import of `path`)."""
        return self._ask("find_summary", dotted, path)  # type: ignore[return-value]

    def _named(self, name: str) -> list[ClassSketch]:
        """The classes of a name, by path; files that may have one and are unread are read now."""
        for path in sorted(self._unread.pop(name, ())):
            for other in self._files[path].unread:
                self._unread[other].discard(path)
            for sketch in self._read(path) if self._read is not None else ():
                self._by_name[sketch.name].append(sketch)
                self._by_name[sketch.name].sort(key=_path_of)
        return self._by_name.get(name, [])

    @cached_property
    def _patches(self) -> set[tuple[str, str]]:
        return {patch for facts in self._files.values() for patch in facts.patches}

    @cached_property
    def _helpers(self) -> dict[str, list[tuple[str, str]]]:
        """Last part of a helper's name to the files and qualified names of all that have it."""
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for path in sorted(self._files):
            for qualname in self._files[path].summaries:
                found[qualname.rpartition(".")[2]].append((path, qualname))
        return found

    def _find_classes(self, name: str) -> tuple[ClassSketch, ...]:
        return tuple(self._named(name))

    def _find_tensor(self, name: str) -> bool | None:
        if self._tensor_types:
            return name in self._tensor_types
        return self._tensor(name, 0)

    def _find_tape(self, name: str) -> bool:
        return bool(self._find_tensor(name))

    def _tensor(self, name: str, depth: int) -> bool | None:
        found = self._named(name)
        if not found or depth > _MAX_BASES:
            return None
        return any(
            one.is_tensor or any(self._tensor(base.rpartition(".")[2], depth + 1) for base in one.bases)
            for one in found
        )

    def _find_backward(self, name: str, depth: int = 0) -> bool:
        return depth <= _MAX_BASES and any(
            (one.has_backward and not one.is_tensor)
            or any(self._find_backward(base.rpartition(".")[2], depth + 1) for base in one.bases if base != name)
            for one in self._named(name)
        )

    def _find_possible_backward(self, name: str) -> bool:
        return not self._named(name) or self._find_backward(name)

    def _find_module(self, name: str, depth: int = 0) -> bool:
        return depth <= _MAX_BASES and any(
            _TORCH_MODULE.fullmatch(base) is not None
            or (base.rpartition(".")[2] != name and self._find_module(base.rpartition(".")[2], depth + 1))
            for one in self._named(name)
            for base in one.bases
        )

    def _find_patch(self, class_name: str, method: str) -> bool:
        return (class_name, method) in self._patches

    def _find_patched(self, method: str) -> tuple[str, ...]:
        return tuple(sorted(name for name, patched in self._patches if patched == method))

    def _find_raw(self) -> tuple[str, ...]:
        return self._learnt_raw

    @cached_property
    def _learnt_raw(self) -> tuple[str, ...]:
        learnt = {attribute for found in self._by_name.values() for one in found for attribute in one.raw}
        for path, facts in self._files.items():
            tensors = {one.name: one for one in facts.classes if one.is_tensor}
            for qualname, summary in facts.summaries.items():
                owner, _, method = qualname.rpartition(".")
                if owner in tensors and method in tensors[owner].properties and 0 in summary.raw and path:
                    learnt.add(method)
        return tuple(sorted({*learnt, *self._raw}))

    def _find_edges(self) -> tuple[str, ...]:
        learnt = {
            name
            for found in self._by_name.values()
            for one in found
            if one.is_tensor
            for name, value in one.own
            if name not in PLAIN_ATTRIBUTES and name not in one.raw and _EMPTY.match(value)
        }
        return tuple(sorted({*learnt, *self._edges}))

    def _find_summary(self, dotted: str, path: str) -> Summary | None:
        module, _, name = dotted.rpartition(".")
        candidates = self._helpers.get(name, ())
        wanted = "/".join(part for part in module.split(".") if part)
        folder = path.rpartition("/")[0]
        fitting = [
            (home, qualname)
            for home, qualname in candidates
            if qualname == name and (_is_module(home, wanted) or (module.strip(".") == "" and home.startswith(folder)))
        ]
        if not fitting:
            return None
        home, qualname = max(fitting, key=lambda one: len(_common(one[0], path)))
        return self._files[home].summaries[qualname]


_path_of = attrgetter("path")
#: Bases looked through one above the other; a bound on loops in broken code.
_MAX_BASES = 8


def _is_module(path: str, module: str) -> bool:
    stem = path.removesuffix(".py").removesuffix("/__init__")
    return bool(module) and (stem == module or stem.endswith(f"/{module}"))


def _common(one: str, other: str) -> str:
    length = next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[:length]
