"""Which files are the user's own, and where in the repository a module lies that its importer cannot find."""

from __future__ import annotations

import os
import sysconfig
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

# Folders that hold installed libraries or nothing that is imported.
SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})
STANDARD_LIBRARY = sysconfig.get_path("stdlib")
OWN_PACKAGE = str(Path(__file__).resolve().parents[2])


class AmbiguousModuleError(ModuleNotFoundError):
    """A module that lies equally near in several folders: a guess would mix two people's files."""


@cache
def owns(root: str, file: str) -> bool:
    """Say whether a file is the repository's own code, not an installed library and not gradcheck itself.

    Args:
        root: Absolute folder of the repository.
        file: Absolute path of a source file.
    """
    if not _inside(file, root) or _inside(file, OWN_PACKAGE):
        return False
    if _inside(file, STANDARD_LIBRARY) and not _inside(root, STANDARD_LIBRARY):
        return False
    return SKIPPED_FOLDERS.isdisjoint(Path(os.path.relpath(file, root)).parts)


def is_installed(file: str) -> bool:
    """Say whether a file belongs to an installed library or to Python itself."""
    return _inside(file, STANDARD_LIBRARY) or not SKIPPED_FOLDERS.isdisjoint(Path(file).parts)


def owns_module(root: str, module: ModuleType) -> bool:
    """Say whether a loaded module is the repository's own; a package without a file goes by its folder."""
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return owns(root, file)
    return any(owns(root, str(Path(folder, "__init__.py"))) for folder in folders_of(module))


def folders_of(module: ModuleType) -> Sequence[str]:
    """The folders of a package, none for a plain module."""
    folders = getattr(module, "__path__", ())
    try:
        return tuple(folders)
    except KeyError:
        # One without a file asks its parent, which is gone where its own import failed; it knows where it was.
        return tuple(getattr(folders, "_path", ()))


def is_made_by_hand(name: str, module: ModuleType) -> bool:
    """Say whether no finder put a module there: `sys.modules["cPickle"] = pickle` did."""
    spec = getattr(module, "__spec__", None)
    return spec.name != name if spec is not None else not hasattr(module, "__file__")


def knows(root: str, name: str) -> bool:
    """Say whether a top-level name is a module or a regular package anywhere in the repository."""
    return any(_is_module(place) for place in _places(root).get(name, ()))


def nearest(root: str, name: str, members: Sequence[str], importer: str) -> Path | None:
    """Find the folder from which `import name` would work, the nearest one to the importing file.

    Nearest is fewest steps up the tree, then fewest down. A bare folder counts only where it holds one of
    the members asked for: `pytorch/` full of scripts is not the library of that name.

    Args:
        root: Absolute folder of the repository.
        name: Dotted name, `a.b`.
        members: The names of a `from a.b import ...`, or none.
        importer: Absolute path of the importing file.

    Raises:
        AmbiguousModuleError: Several folders are equally near.
    """
    parts = name.split(".")
    start = Path(importer).parent
    found: dict[Path, tuple[int, int]] = {}
    for place in _places(root).get(parts[-1], ()):
        bare = place.with_suffix("") if place.suffix == ".py" else place
        holds = _is_module(place) or any(_is_module(place / f"{m}.py") or _is_module(place / m) for m in members)
        if holds and place != Path(importer) and list(bare.parts[-len(parts) :]) == parts:
            folder = bare.parents[len(parts) - 1]
            shared = len(Path(os.path.commonpath([start, folder])).parts)
            found[folder] = (len(start.parts) - shared, len(folder.parts) - shared)
    if not found:
        return None
    best = min(found.values())
    winners = sorted(folder for folder, distance in found.items() if distance == best)
    if len(winners) > 1:
        where = ", ".join(str((folder.joinpath(*parts)).relative_to(root)) for folder in winners[:3])
        message = f"module {name} lies equally near in {len(winners)} places ({where})"
        raise AmbiguousModuleError(message, name=name)
    return winners[0]


@cache
def _places(root: str) -> dict[str, tuple[Path, ...]]:
    # Last part of a module's name -> its files and folders; walked once per repository, at the first missing module.
    places: dict[str, list[Path]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS and not name.startswith("."))
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        sources = sorted(name for name in files if name.endswith(".py"))
        if sources and folder != root:
            places.setdefault(Path(folder).name, []).append(Path(folder))
        for name in sources:
            if name != "__init__.py":
                places.setdefault(name.removesuffix(".py"), []).append(Path(folder) / name)
    return {name: tuple(found) for name, found in places.items()}


def _is_module(place: Path) -> bool:
    return place.is_file() if place.suffix == ".py" else (place / "__init__.py").is_file()


def _inside(file: str, folder: str) -> bool:
    return file.startswith(os.path.join(folder, ""))  # noqa: PTH118 - asked on every import, strings are ten times faster
