"""What `import` does in a user's file: natural first, then help for what a checkout on a strange machine lacks.

The statement is intercepted, not only the search, because the help depends on who asks: a file of the
repository may get a module from elsewhere in it, or a placeholder; an installed library that probes for an
optional package must be told the truth. A placeholder is handed to its importer and never enters `sys.modules`.
"""

from __future__ import annotations

import ast
import collections
import collections.abc
import importlib
import importlib.util
import inspect
import sys
from contextlib import contextmanager
from functools import lru_cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from gradcheck.cases.importing import repository
from gradcheck.cases.importing.old_numpy import OldNames
from gradcheck.cases.importing.placeholders import PYTHON_2_MODULES, Placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

CATCHES_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Imports:
    """The `__import__` of one repository, and the finder of what it located there.

    Args:
        root: Absolute folder of the repository.
        anchor: Absolute folder that stands first on `sys.path`.
    """

    def __init__(self, root: str, anchor: str) -> None:
        self.root = root
        self.anchor = anchor
        self.natural: Callable[..., Any] = __import__
        self.look_up = True
        self.places: dict[str, Path] = {}
        self.moved: dict[str, str] = {}
        self.placeholders: dict[str, Placeholder] = {}
        self.old_names = OldNames()
        names = {place.stem for place in Path(anchor).iterdir()}
        self.names = frozenset(names)
        self._shadowing = frozenset(names & sys.stdlib_module_names)

    def __call__(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002 - the builtin's own name, given as a keyword by some
        locals: Mapping[str, object] | None = None,  # noqa: A002 - the same
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """Import as the builtin does; called by every import statement while the environment is active."""
        importer = (globals or {}).get("__file__")
        top = name.partition(".")[0]
        if not isinstance(importer, str) or not repository.owns(self.root, importer):
            if level == 0 and top in self._shadowing and top not in sys.modules:
                # A library that imports `queue` means Python's, not the user's queue.py.
                with self._without_anchor():
                    return self.natural(name, globals, locals, fromlist, level)
            return self.natural(name, globals, locals, fromlist, level)
        older = self._of_an_older_version(importer, name, fromlist or ())
        if older is not None:
            return older
        frame = inspect.currentframe()
        line = frame.f_back.f_lineno if frame and frame.f_back else 0
        while True:
            try:
                found = self.natural(name, globals, locals, fromlist, level)
            except ImportError as error:
                if level or any(line in lines for lines in _guarded_lines(importer)):
                    raise
                if self._locate(error, name, fromlist or (), importer):
                    continue
                stand_in = self._stand_in(error, name, fromlist or (), importer)
                if stand_in is None:
                    raise
                return stand_in
            if level == 0 and name == top and self._is_bare(top, fromlist or ()):
                return self._remember(top, "is not installed")
            return found

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Answer for the modules that were located elsewhere in the repository, and for no other."""
        del path, target
        place = self.places.get(fullname)
        if place is None:
            return None
        if place.suffix == ".py":
            return importlib.util.spec_from_file_location(fullname, place)
        if (place / "__init__.py").is_file():
            return importlib.util.spec_from_file_location(
                fullname, place / "__init__.py", submodule_search_locations=[str(place)]
            )
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec

    def _locate(self, error: ImportError, name: str, members: Sequence[str], importer: str) -> bool:
        # True when the missing module was found elsewhere in the repository, so that trying again makes sense.
        if not self.look_up or not _is_part(error, name) or error.name in self.places:
            return False
        folder = repository.nearest(self.root, name, members, importer)
        if folder is None:
            return False
        missing = str(error.name)
        stem = folder.joinpath(*missing.split("."))
        source = stem.with_name(f"{stem.name}.py")
        self.places[missing] = source if source.is_file() and not (stem / "__init__.py").is_file() else stem
        return True

    def _stand_in(self, error: ImportError, name: str, members: Sequence[str], importer: str) -> Any:
        # What an import of a library that fails may give instead; None for a module of the repository's own.
        top, *rest = name.split(".")
        if self._is_own(name, members, importer):
            return None
        if top == "cupy" and error.name == "cupy":
            self._remember("cupy", "is not installed; numpy stands in for it")
            numpy_name = ".".join(["numpy", *rest])
            return self.natural(numpy_name, None, None, members, 0) if _exists(numpy_name) else self.placeholders[top]
        if error.name == top or not _is_part(error, name) or self._is_bare(top, ()):
            stand_in = self._remember(top, _reason(error, name))
        elif members:
            # The library is there and this part of it is not.
            return self._remember(name, "this version of the library does not have")
        else:
            return self.natural(top, None, None, (), 0)
        if members:
            for part in rest:
                stand_in = getattr(stand_in, part)
        return stand_in

    def _of_an_older_version(self, importer: str, name: str, members: Sequence[str]) -> Any:
        # A module as the file knew it, where the one installed has lost names that the file says.
        if name == "collections" and members and not all(hasattr(collections, member) for member in members):
            return self._old_collections(members)
        is_numpy = name == "numpy" or (name.startswith("numpy.") and not members)
        if is_numpy and self.old_names.are_said(importer, members) and _exists(name):
            importlib.import_module(name)
            return self.old_names.numpy
        return None

    def _old_collections(self, members: Sequence[str]) -> SimpleNamespace:
        # `from collections import Hashable` worked until Python 3.10; it is the very class of collections.abc.
        moved = {name: getattr(collections.abc, name) for name in members if hasattr(collections.abc, name)}
        self.moved.update({f"collections.{name}": "collections.abc" for name in moved})
        return SimpleNamespace(**(vars(collections) | moved))

    def _is_own(self, name: str, members: Sequence[str], importer: str) -> bool:
        top = name.partition(".")[0]
        if repository.knows(self.root, top) or top in self.places:
            return True
        try:
            return repository.nearest(self.root, name, members, importer) is not None
        except repository.AmbiguousModuleError:
            return True

    def _is_bare(self, top: str, members: Sequence[str]) -> bool:
        # A folder of the user's that merely bears a library's name: Python makes an empty package of it.
        module = sys.modules.get(top)
        if module is None or getattr(module, "__file__", None) or not hasattr(module, "__path__"):
            return False
        return repository.owns_module(self.root, module) and not any(hasattr(module, member) for member in members)

    def _remember(self, package: str, why: str) -> Placeholder:
        return self.placeholders.setdefault(package, Placeholder(package, why, package))

    @contextmanager
    def _without_anchor(self) -> Iterator[None]:
        place = sys.path.index(self.anchor) if self.anchor in sys.path else None
        if place is not None:
            del sys.path[place]
        try:
            yield
        finally:
            if place is not None:
                sys.path.insert(place, self.anchor)


def _is_part(error: ImportError, name: str) -> bool:
    # Whether the module that is missing is the one asked for or a package on the way to it.
    return isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}.")


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _reason(error: ImportError, name: str) -> str:
    if name.partition(".")[0] in PYTHON_2_MODULES:
        return "only Python 2 has"
    if _is_part(error, name):
        return "is not installed"
    return f"cannot be imported here ({str(error).splitlines()[0] if str(error) else type(error).__name__})"


@lru_cache(maxsize=256)
def _guarded_lines(file: str) -> tuple[range, ...]:
    # Lines of `try` bodies (or `with suppress`) that catch a failing import themselves: they must see it fail.
    tree = ast.parse(Path(file).read_bytes())
    guarded = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            caught = [handler.type for handler in node.handlers]
            catches = any(kind is None or _names(kind) & CATCHES_IMPORT_ERRORS for kind in caught)
        elif isinstance(node, ast.With):
            catches = any("suppress" in _names(item.context_expr) for item in node.items)
        else:
            continue
        if catches:
            guarded.append(range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1))
    return tuple(guarded)


def _names(node: ast.expr) -> set[str]:
    plain = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return plain | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
