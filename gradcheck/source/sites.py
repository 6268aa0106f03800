"""From a class and its lineage to a layer's site, or to the answer that it is none."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gradcheck.source.abstraction import is_abstract
from gradcheck.source.families import CONTEXT_FUNCTION, TAPE, family, is_tape, is_torch_module
from gradcheck.source.methods import ARITHMETIC_NAMES, choose
from gradcheck.source.model import LayerSite
from gradcheck.source.tape_modules import TAPE_MODULE, forward_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gradcheck.source.classes import ClassFact
    from gradcheck.source.inheritance import Inheritance, Lineage
    from gradcheck.source.model import Method


def sites_in(
    classes: Iterable[ClassFact],
    inheritance: Inheritance,
    root: Path,
    *,
    tests_too: bool,
    of_tapes: frozenset[str] = frozenset(),
    patched: frozenset[str] = frozenset(),
    tapes: frozenset[str] = frozenset(),
) -> Iterator[LayerSite]:
    """The sites among the classes of one file.

    A class inside a function cannot be reached from outside and is none; of two classes of one name the last counts,
    as it does for Python. A `unittest.TestCase` never is one.

    Args:
        classes: The classes of the file.
        inheritance: Where their bases are found.
        root: The project root, absolute.
        tests_too: Whether classes named `Test...`, and all classes of a test file, count.
        of_tapes: Files that know a home-made tape, posix, relative to the root.
        patched: Own names of classes that get their backward while the program runs.
        tapes: Own names of the tapes' Tensor classes: a function that is annotated with one is an operation of theirs.
    """
    last = {fact.qualname: fact for fact in classes if "<locals>" not in fact.qualname}
    for fact in last.values():
        if tests_too or not (fact.name.startswith("Test") or is_test_file(fact.path)):
            site = _site(fact, inheritance, root, of_tapes) or (
                _switched(fact, inheritance, root) if fact.name in patched else None
            )
            if site and not (site.family == CONTEXT_FUNCTION and takes_tensors(site.forward, tapes)):
                yield site


def takes_tensors(forward: Method, tapes: Iterable[str]) -> bool:
    """Whether a forward is annotated to take the tensors of a tape, by whose operators it is examined then."""
    words = {word for parameter in forward.parameters for word in re.findall(r"\w+", parameter.annotation)}
    return not words.isdisjoint(tapes)


def is_test_file(path: str) -> bool:
    """Whether pytest would take a file for a test module by its name."""
    name = PurePosixPath(path).name
    return name.startswith("test_") or name.endswith("_test.py")


def _site(
    own: ClassFact, inheritance: Inheritance, root: Path, of_tapes: frozenset[str] = frozenset()
) -> LayerSite | None:
    lineage = inheritance.lineage(own)
    if any(name.endswith("TestCase") for name in lineage.ancestor_names()):
        return None
    if is_tape(lineage):
        pullback = own.methods["backward"]
        stand_in = _arithmetic(lineage) or pullback.method
        return _make(own, root, stand_in, pullback.method, TAPE, abstract=pullback.raises)
    pair = choose(lambda name: lineage.find(name) is not None, lambda name: _is_inherited_stub(lineage, name))
    method = lineage.find("forward")
    if is_torch_module(lineage) and method and not method.method.is_static and pair in {None, ("forward", "backward")}:
        return _module(own, lineage, method.method, root)
    if pair is None:
        forward = forward_of(lineage) if any(fact.path in of_tapes for fact in lineage.classes) else None
        return _make(own, root, forward, forward, TAPE_MODULE, abstract=False) if forward else None
    giver = next(fact for fact in lineage.classes if pair[1] in fact.methods)
    if giver is not own and is_tape(inheritance.lineage(giver)):
        return None  # an operation or a parameter of a tape: the tape's Tensor is the site
    forward, backward = (fact.method for name in pair if (fact := lineage.find(name)) is not None)
    kind = family(lineage, forward, backward)
    # A framework's own bases choose between hooks by asking which one is overridden: nothing to conclude from them.
    abstract = is_abstract(lineage, *pair) if kind != "foreign" else forward.is_stub or backward.is_stub
    if abstract and not any(name in own.methods for name in pair):
        return None  # neither a layer nor the base that says what a layer is
    return _make(own, root, forward, backward, kind, abstract=abstract)


def _switched(own: ClassFact, inheritance: Inheritance, root: Path) -> LayerSite | None:
    """A tape's Tensor that gets its backward while the program runs."""
    lineage = inheritance.lineage(own)
    stand_in = _arithmetic(lineage)
    return _make(own, root, stand_in, stand_in, TAPE, abstract=False) if stand_in else None


def _module(own: ClassFact, lineage: Lineage, forward: Method, root: Path) -> LayerSite | None:
    """An nn.Module with a forward of the repository's own; torch calls no other name."""
    abstract = is_abstract(lineage, "forward", "forward")
    if abstract and "forward" not in own.methods:
        return None
    return _make(own, root, forward, forward, "torch_module", abstract=abstract)


def _is_inherited_stub(lineage: Lineage, name: str) -> bool:
    # A stub in the class itself is work not done yet; one in a base may have been passed over for other names.
    found = lineage.find(name)
    return found is not None and found.method.is_stub and name not in lineage.classes[0].methods


def _arithmetic(lineage: Lineage) -> Method | None:
    """What stands for the forward of a tape: its first arithmetic method that is written out."""
    found = (lineage.find(name) for name in ARITHMETIC_NAMES)
    return next((fact.method for fact in found if fact), None)


def _make(own: ClassFact, root: Path, forward: Method, backward: Method, kind: str, *, abstract: bool) -> LayerSite:
    return LayerSite(
        root=root,
        path=own.path,
        qualname=own.qualname,
        line=own.line,
        forward=forward,
        backward=backward,
        bases=own.bases,
        is_abstract=abstract,
        family=kind,
    )
