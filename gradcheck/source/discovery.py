"""The layers of a repository, found by reading: prefilter on bytes, one parse per file that passes, bases across files.

Nothing of the user's is imported or run. A file that cannot be read as it should is a `Problem`, never an exception.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.source.families import is_tape
from gradcheck.source.gathering import excluding
from gradcheck.source.heirs import Heirs, Heritage, Sketch, from_afar, gives_backward, has_backward, heirs
from gradcheck.source.inheritance import Inheritance
from gradcheck.source.pair_names import may_hold
from gradcheck.source.pairs import pairs_in
from gradcheck.source.prefilter import defines_backward, defines_forward, headers
from gradcheck.source.project import project_root, python_files
from gradcheck.source.reading import Problem, read_bytes
from gradcheck.source.repository import Repository, unreadable
from gradcheck.source.sites import sites_in
from gradcheck.source.switches import switches_in, switches_of
from gradcheck.source.tape_modules import tape_modules, tapes_afar
from gradcheck.source.torch_modules import torch_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.source.model import LayerSite
    from gradcheck.source.prefilter import Header

__all__ = ["Discovery", "Problem", "find_layers", "layers_in_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What reading found.

    Attributes:
        sites: Classes with a forward and a backward, nn.Modules with a forward, abstract bases included, and gradients
            written as functions, by path and line.
        problems: What could not be read as it should, by path and line.
    """

    sites: tuple[LayerSite, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Scope:
    """The files of one project that may yield sites; `named` are those a person pointed at."""

    files: dict[str, None] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    whole: bool = False


def find_layers(paths: Sequence[Path], *, root: Path | None = None, exclude: Sequence[str] = ()) -> Discovery:
    """The layers in the files and folders given; bases are looked up in the rest of the project too.

    Args:
        paths: Files and folders. Below a folder, test files and classes named `Test...` are left out; a file given
            by name counts whatever it is called.
        root: The project root for what lies below it; each path's own by default.
        exclude: Patterns such as `legacy`, `src/old/*` or `*_old.py`, matched against the path from the project root
            and the name of each file and folder met. What is given by name is never excluded.
    """
    scopes: dict[Path, _Scope] = {}
    problems: list[Problem] = []
    base = Path(os.path.abspath(root)) if root is not None else None  # noqa: PTH100 - links stay as they are
    for given in paths:
        path = Path(os.path.abspath(given))  # noqa: PTH100
        home = base if base is not None and path.is_relative_to(base) else project_root(path)
        scope = scopes.setdefault(home, _Scope())
        problems += _gather(path, home, scope, exclude)
    found = [_survey(home, scope) for home, scope in scopes.items()]
    return Discovery(
        sites=tuple(sorted((s for one in found for s in one.sites), key=lambda s: (s.path, s.line, s.qualname))),
        problems=tuple(
            sorted({*problems, *(p for one in found for p in one.problems)}, key=lambda p: (p.path, p.line, p.message))
        ),
    )


def layers_in_file(file: Path, root: Path) -> Discovery:
    """The layers of one file, as `find_layers([file], root=root)`; for many files one call of that is far cheaper."""
    return find_layers([file], root=root)


def _gather(path: Path, root: Path, scope: _Scope, exclude: Sequence[str]) -> list[Problem]:
    """Add the files of one given path to its scope; what cannot be taken comes back."""
    shown = path.relative_to(root).as_posix()
    try:
        is_folder, is_file, exists = path.is_dir(), path.is_file(), path.exists()
    except OSError as error:
        return [unreadable(shown, error)]
    if is_folder:
        return _gather_folder(path, root, scope, exclude)
    if not exists:
        return [Problem(path=shown, line=0, message="does not exist; give a Python file or a folder that does")]
    if not is_file or path.suffix != ".py":
        return [Problem(path=shown, line=0, message="is no Python file; give files that end in .py, or folders")]
    scope.files[path.as_posix()] = None
    scope.named.add(path.as_posix())
    return []


def _gather_folder(path: Path, root: Path, scope: _Scope, exclude: Sequence[str]) -> list[Problem]:
    problems: list[Problem] = []

    def failed(error: OSError) -> None:
        problems.append(unreadable(Path(os.path.relpath(str(error.filename), root)).as_posix(), error))

    names = python_files(path.as_posix(), excluded=excluding(root, exclude), failed=failed)
    scope.files.update(dict.fromkeys(names))
    scope.whole = scope.whole or (path == root and not exclude)
    return problems


def _sketch(found: tuple[Header, ...], data: bytes) -> Sketch:
    return Sketch(headers=found, has_forward=defines_forward(data), names_torch=b"torch" in data)


@dataclass(slots=True, kw_only=True)
class _Skimmed:
    """What the bytes of the files say before any of them is parsed.

    Attributes:
        problems: Files that cannot be read.
        chosen: Files that define a backward.
        paired: Files that may hold pairs of functions.
        sketches: Path to the classes of a file, as far as their first lines tell.
        patched: Names of classes to which some file gives a backward at run time.
    """

    problems: list[Problem] = field(default_factory=list)
    chosen: dict[str, None] = field(default_factory=dict)
    paired: dict[str, None] = field(default_factory=dict)
    sketches: dict[str, Sketch] = field(default_factory=dict)
    patched: set[str] = field(default_factory=set)


def _skim(scope: _Scope, repository: Repository) -> _Skimmed:
    found = _Skimmed()
    for path in scope.files:
        try:
            data = read_bytes(path)
        except OSError as error:
            found.problems.append(unreadable(repository.posix(path), error))
            continue
        if may_hold(data):
            repository.keep(path, data)
            found.paired[path] = None
        found.patched |= {switch.cls for switch in switches_in(path, data)}
        if defines_backward(data):
            repository.keep(path, data)
            found.chosen[path] = None
            found.sketches[path] = _sketch(repository.headers(path), data)
        elif b"class" in data:
            found.sketches[path] = _sketch(headers(data), data)
    return found


def _survey(root: Path, scope: _Scope) -> Discovery:
    repository = Repository(root)
    inheritance = Inheritance(repository)
    skimmed = _skim(scope, repository)
    chosen, sketches, paired, patched = skimmed.chosen, skimmed.sketches, skimmed.paired, skimmed.patched
    problems = skimmed.problems
    givers = {fact.name for path in chosen for fact in repository.facts(path).classes if gives_backward(fact)}
    afar = Heritage() if scope.whole else from_afar(sketches, inheritance)
    known = heirs(givers, afar, sketches, inheritance) if givers or afar.backward else Heirs()
    modules = torch_modules(sketches, repository, inheritance)
    tapes = {
        fact.name for path in chosen for fact in repository.facts(path).classes if is_tape(inheritance.lineage(fact))
    }
    if not scope.whole:
        tapes |= tapes_afar(sketches, repository, inheritance)
    of_tapes = tape_modules(sketches, tapes, repository, inheritance)
    for path in scope.named:
        # Whoever names a file means its classes, wherever they get their backward from.
        patched |= {
            header.name for header in _unfinished(path, sketches, repository) if any(switches_of(header.name, root))
        }
    switched = {path for path, sketch in sketches.items() if any(header.name in patched for header in sketch.headers)}
    of_interest = known.files | modules.files | of_tapes.heirs.files | switched
    chosen.update(dict.fromkeys(path for path in sketches if path in of_interest))
    sites: list[LayerSite] = []
    named = known.names | modules.names | of_tapes.heirs.names | patched
    for path in dict.fromkeys((*chosen, *paired)):
        facts = repository.facts(path)
        tests_too = path in scope.named
        here: list[LayerSite] = []
        if path in chosen:
            problems += facts.problems
            candidates = [fact for fact in facts.classes if has_backward(fact) or fact.name in named]
            here += sites_in(
                candidates,
                inheritance,
                root,
                tests_too=tests_too,
                of_tapes=of_tapes.knowing,
                patched=frozenset(patched),
                tapes=frozenset(tapes),
            )
        if path in paired:
            taken = [site.qualname for site in here]
            here += pairs_in(facts, inheritance, root, tests_too=tests_too, taken=taken)
        sites += here
    return Discovery(sites=tuple(sites), problems=tuple(problems))


def _unfinished(path: str, sketches: Mapping[str, Sketch], repository: Repository) -> tuple[Header, ...]:
    """The classes of a file that has arithmetic and no backward: a tape's Tensor may be among them."""
    known = sketches.get(path)
    computes = repository.mentions(path, b"def __add__") or repository.mentions(path, b"def __mul__")
    if known is None or not computes or repository.mentions(path, b"def backward"):
        return ()
    return known.headers
