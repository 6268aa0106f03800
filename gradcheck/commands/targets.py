"""From what a person types, `PATH` or `PATH::Class`, to the layers that are meant."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.cases.declaring.configuration import read
from gradcheck.cases.declaring.validation import nearest
from gradcheck.errors import UsageError
from gradcheck.source.discovery import Discovery, find_layers
from gradcheck.source.optimizers import find_optimizers
from gradcheck.source.project import project_root, root_of
from gradcheck.source.refusals import why_no_layer
from gradcheck.source.trainings import find_trainings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcheck.source.model import LayerSite
    from gradcheck.source.reading import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One PATH of the command line; `qualname` is "" where every layer of it is meant."""

    path: Path
    qualname: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The layers that are meant, sorted by file and line, and the files that could not be read.

    Attributes:
        sites: The layers; those that are only bases of others are left out.
        problems: One line per file that could not be read.
        refused: Those of `problems` whose file a person named; the rest lay in a folder.
    """

    sites: tuple[LayerSite, ...]
    problems: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def parse(text: str, *, start: Path) -> Target:
    """Read one PATH[::Class].

    Args:
        text: As typed.
        start: The folder the person stands in; a path that is not there is looked for in its project root, so
            that a layer's identity means the same from every folder of the project.

    Raises:
        UsageError: There is no such file or folder, or a class is asked for in a folder.
    """
    written, separator, qualname = text.partition("::")
    candidates = [start / written, project_root(start) / written]
    path = next((candidate for candidate in candidates if candidate.exists()), None)
    if path is None:
        folder = candidates[0].parent
        known = [other.name for other in folder.iterdir()] if folder.is_dir() else []
        message = f"there is no file or folder {written!r} in {start}{nearest(candidates[0].name, known)}"
        raise UsageError(message)
    if separator and not qualname:
        message = f"{text!r}: after the two colons stands the name of a class, such as {written}::Linear"
        raise UsageError(message)
    if qualname and path.is_dir():
        message = f"{text!r}: {written} is a folder; name the file that holds {qualname}, such as layers.py::{qualname}"
        raise UsageError(message)
    # Links stay as they are: resolving one would lead out of the project.
    return Target(path=Path(os.path.abspath(path)), qualname=qualname)  # noqa: PTH100


def find(targets: Iterable[Target], *, start: Path) -> Found:
    """Find the layers the targets mean, each once.

    Args:
        targets: What was asked for.
        start: The folder the person stands in; it is the root of files that belong to no project.

    Raises:
        UsageError: A class that its file does not have.
        ConfigurationError: The settings of a project are not valid.
    """
    sites: dict[str, LayerSite] = {}
    problems: dict[str, None] = {}
    refused: dict[str, None] = {}
    for target in targets:
        discovery = discover([target.path], start=start)
        found = [site for site in discovery.sites if not site.is_abstract]
        if target.qualname:
            found = [_named(target, found, discovery.sites, start)]
        sites |= {str(site.root / site.identity): site for site in found}
        lines = {f"{problem.path}:{problem.line}: {problem.message}": None for problem in discovery.problems}
        problems |= lines
        refused |= lines if target.path.is_file() else {}
    ordered = sorted(sites.values(), key=lambda site: (str(site.root), site.path, site.line))
    return Found(sites=tuple(ordered), problems=tuple(problems), refused=tuple(refused))


def discover(paths: Sequence[Path], *, start: Path) -> Discovery:
    """Find layers, optimizers and marked trainings below paths, each in the project it belongs to.

    A project inside another keeps what is its own.

    Args:
        paths: Files and folders, absolute.
        start: The folder the person stands in; it is the root of files that belong to no project.

    Raises:
        ConfigurationError: The settings of a project are not valid.
    """
    asked: dict[Path, list[Path]] = {}
    for path in paths:
        asked.setdefault(root_of(path, start=start), []).append(path)
    sites: list[LayerSite] = []
    problems: list[Problem] = []
    inner: dict[Path, dict[Path, None]] = {}
    for root, inside in asked.items():
        exclude = read(root).exclude if any(path.is_dir() for path in inside) else ()
        discovery = find_layers(inside, root=root, exclude=exclude)
        problems += discovery.problems
        marked = find_trainings(inside, root=root, exclude=exclude)
        for site in (*discovery.sites, *find_optimizers(inside, root=root, exclude=exclude), *marked):
            home = root_of(site.file, start=start)
            if home == root:
                sites.append(site)
            else:
                inner.setdefault(home, {})[site.file] = None
    for home, files in inner.items():
        sites += find_layers(list(files), root=home).sites
        sites += find_optimizers(list(files), root=home)
        sites += find_trainings(list(files), root=home)
    known = {(site.root, site.identity): site for site in reversed(sites)}  # a layer that is called Adam stays one
    ordered = sorted(known.values(), key=lambda site: (str(site.root), site.path, site.line))
    return Discovery(sites=tuple(ordered), problems=tuple(problems))


def _named(target: Target, found: Sequence[LayerSite], every: Sequence[LayerSite], start: Path) -> LayerSite:
    for site in found:
        if site.qualname == target.qualname:
            return site
    if any(site.qualname == target.qualname for site in every):
        message = (
            f"{target.path.name}::{target.qualname} is a base of layers, not a layer: "
            "its forward or backward is not written out"
        )
        raise UsageError(message)
    known = nearest(target.qualname, [site.qualname for site in found])
    reason = why_no_layer(target.path, root_of(target.path, start=start), target.qualname)
    if reason:
        raise UsageError(f"{target.path.name}::{target.qualname} is a function and no layer: {reason}")
    others = "nor an optimizer or a marked training of that name"
    message = f"{target.path.name} has no layer {target.qualname!r} ({others}){known}"
    raise UsageError(message)
