"""Importing a user's file as its author did, from the folder that makes its imports work."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gradcheck.cases.importing import repository
from gradcheck.cases.importing.anchors import anchors, import_file, is_file, top_package
from gradcheck.cases.importing.environment import Environment
from gradcheck.cases.importing.placeholders import MissingPackageError, lenient
from gradcheck.cases.importing.reasons import PYTHON_2, one_line
from gradcheck.cases.importing.undisturbed import undisturbed
from gradcheck.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from gradcheck.cases.importing.old_numpy import OldNames

SCRIPT_REMEDY = 'put what should only run as a script under `if __name__ == "__main__":`'


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file of the user's, imported.

    Attributes:
        module: The module, under its natural name; it is not in `sys.modules`.
        file: Absolute path of the file.
        root: Absolute folder of the repository.
        output: The last lines the import printed.
        surroundings: The modules it shares with the other files of its anchor.
    """

    module: ModuleType
    file: Path
    root: Path
    output: str
    surroundings: Environment

    def environment(self) -> AbstractContextManager[None]:
        """Install the file's modules and search path for a while, so that imports inside its functions work."""
        return self.surroundings.active()

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Packages that are not installed and that this file, or one beside it, got a placeholder for."""
        return tuple(sorted(self.surroundings.imports.placeholders))

    @property
    def found_elsewhere(self) -> tuple[str, ...]:
        """What was not where the import said and was found in another place, as `utils: lib/utils.py`."""
        imports = self.surroundings.imports
        places = {name: os.path.relpath(place, self.root) for name, place in imports.places.items()}
        return tuple(f"{name}: {place}" for name, place in sorted((places | imports.moved).items()))

    @property
    def notes(self) -> tuple[str, ...]:
        """What stood in for something this machine lacks."""
        missing = [f"`{name}` is not installed; a placeholder stood in for its import" for name in self.placeholders]
        return (*missing, *(f"an import was found elsewhere: {place}" for place in self.found_elsewhere))

    @property
    def old_names(self) -> OldNames:
        """What its code used of what NumPy has no longer."""
        return self.surroundings.imports.old_names


class _RetryError(LoadError):
    """A failure that another anchor may not have."""


_environments: dict[tuple[Path, Path], Environment] = {}
_outcomes: dict[tuple[Path, Path], Loaded | str] = {}


def load(file: Path, root: Path) -> Loaded:
    """Import a file once per run and leave the process as it was.

    Tried in this order until one works: the parent of the file's top package, the file's own folder, every
    parent up to the root; then the same again with missing modules looked up in the whole repository.
    `sys.modules` keeps the installed libraries that the file imported and nothing else.

    Args:
        file: The Python file.
        root: The project root; files under it are the user's own.

    Raises:
        LoadError: In one line, the file, the reason and a remedy.
    """
    file, root = file.resolve(), root.resolve()
    key = (file, root)
    if key not in _outcomes:
        try:
            _outcomes[key] = _load(file, root)
        except LoadError as error:
            _outcomes[key] = str(error)
    outcome = _outcomes[key]
    if isinstance(outcome, str):
        raise LoadError(outcome)
    return outcome


def resolve(loaded: Loaded, qualname: str) -> type:
    """Find a class in a loaded file.

    Raises:
        LoadError: There is no such class once the file is imported, or something else took its place.
    """
    found = _named(loaded, qualname)
    if isinstance(found, type):
        return found
    raise _not_there(loaded, qualname, found, "class")


def resolve_function(loaded: Loaded, name: str) -> Callable[..., Any]:
    """Find a function in a loaded file.

    Raises:
        LoadError: There is no such function once the file is imported, or something else took its place.
    """
    found = _named(loaded, name)
    if callable(found):
        return found
    raise _not_there(loaded, name, found, "function")


def _named(loaded: Loaded, qualname: str) -> object:
    found: object = loaded.module
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return found


def _not_there(loaded: Loaded, qualname: str, found: object, noun: str) -> LoadError:
    what = "is not there" if found is None else f"is {found!r}, not a {noun},"
    return LoadError(
        f"{_shown(loaded.file, loaded.root)}: {qualname} {what} after the import; "
        f"define the {noun} at the top of the module, unconditionally"
    )


def _load(file: Path, root: Path) -> Loaded:
    shown = _shown(file, root)
    if not file.is_file():
        message = f"{shown}: there is no such file; check the path"
        raise LoadError(message)
    package = top_package(file)
    # A root inside a package would make the package's other files strangers.
    territory = package if package and root.is_relative_to(package) else root
    if not file.is_relative_to(territory):
        territory = file.parent
    known = _already_imported(file, territory)
    if known is not None:
        return Loaded(module=known[0], file=file, root=territory, output="", surroundings=known[1])
    first_failure: LoadError | None = None
    for look_up in (False, True):
        for anchor in anchors(file, territory, package):
            surroundings = _surroundings(territory, anchor)
            surroundings.imports.look_up = look_up
            try:
                module, output = _import(file, anchor, surroundings, territory)
            except _RetryError as failure:
                # The first failure that had every help is the one a person understands.
                if look_up and first_failure is None:
                    first_failure = LoadError(f"{shown}: {failure}")
                continue
            except LoadError as failure:
                message = f"{shown}: {failure}"
                raise LoadError(message) from failure.__cause__
            finally:
                surroundings.imports.look_up = True
            return Loaded(module=module, file=file, root=territory, output=output, surroundings=surroundings)
    raise first_failure or LoadError(f"{shown}: could not be imported from any folder of the project")


def _import(file: Path, anchor: Path, surroundings: Environment, root: Path) -> tuple[ModuleType, str]:
    tail = None
    try:
        with undisturbed(file) as tail, surroundings.active(loading=True), lenient():
            module = import_file(file, anchor)
        surroundings.imports.old_names.imported()
        return module, tail.text()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a stranger's module may raise anything, pytest's Skipped included
        output = tail.text() if tail else ""
        kind = _RetryError if _depends_on_anchor(error, root) else LoadError
        raise kind(_explain(error, str(root), output, tuple(surroundings.imports.placeholders))) from error


def _depends_on_anchor(error: BaseException, root: Path) -> bool:
    # From another folder the same name may mean another module; running the file again for less is a risk.
    if isinstance(error, AttributeError):
        return isinstance(error.obj, ModuleType) and repository.owns_module(str(root), error.obj)
    return isinstance(error, ImportError) and not isinstance(error, MissingPackageError)


def _surroundings(root: Path, anchor: Path) -> Environment:
    if (root, anchor) not in _environments:
        _environments[root, anchor] = Environment(root, anchor)
    return _environments[root, anchor]


def _already_imported(file: Path, root: Path) -> tuple[ModuleType, Environment] | None:
    # By another file of this run, or by the user's own tests.
    for surroundings in _environments.values():
        for module in surroundings.modules.values():
            if surroundings.root == str(root) and getattr(module, "__file__", None) == str(file):
                return module, surroundings
    for name, module in list(sys.modules.items()):
        unfinished = getattr(getattr(module, "__spec__", None), "_initializing", False)
        if name != "__main__" and is_file(module, file) and not unfinished:
            parts = name.split(".")
            stem = file.parent if file.name == "__init__.py" else file.with_suffix("")
            natural = list(stem.parts[-len(parts) :]) == parts
            return module, _surroundings(root, stem.parents[len(parts) - 1] if natural else file.parent)
    return None


def _explain(error: BaseException, root: str, output: str, missing: tuple[str, ...]) -> str:
    reason = one_line(error, root)
    if isinstance(error, SystemExit):
        last = f": {output.splitlines()[-1]}" if output else ""
        return f"importing it called sys.exit (code {error.code}){last}; {SCRIPT_REMEDY}"
    if isinstance(error, SyntaxError):
        return f"{reason}; {'port it to Python 3' if PYTHON_2 in reason else 'mend the syntax'}"
    if isinstance(error, MissingPackageError):
        return f"importing it {reason}; pip install {error.name}"
    if isinstance(error, ModuleNotFoundError):
        return (
            f"importing it failed, {reason}; add the missing file to the project, "
            "or put the folder it lies in on PYTHONPATH"
        )
    if isinstance(error, ImportError):
        return f"importing it failed, {reason}; mend that import, or remove it where nothing needs it"
    if isinstance(error, NameError) and missing:
        return f"importing it failed, {reason}; the name may come from {', '.join(missing)}, not installed here"
    return f"importing it failed, {reason}; {SCRIPT_REMEDY}"


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
