"""The surroundings in which one folder's files believe they are alone.

Two hundred folders each hold a `layers.py`, and each file says `from layers import Linear` and means its
neighbour. Every folder that imports start from (an anchor) has its own set of modules; one set at a time is
put into `sys.modules`, and taken out again. Installed libraries are shared: loading NumPy twice is not possible.
"""

from __future__ import annotations

import builtins
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

from gradcheck.cases.importing import repository
from gradcheck.cases.importing.imports import Imports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

OURSELVES = "gradcheck"

_one_thread = RLock()
_active: list[Environment] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """All modules before the anchor's are installed, those that are, and those that make room for them.

    Thousands of modules are other people's, and an evaluation hardly ever imports one: an exchange is made once and
    used again for as long as their number is the same and the few it handles are what they were.
    """

    outside: dict[str, ModuleType]
    own: dict[str, ModuleType]
    displaced: dict[str, ModuleType]

    def fits(self) -> bool:
        """Whether it can be installed into the modules as they are now."""
        return len(sys.modules) == len(self.outside) and all(
            sys.modules.get(name) is self.displaced.get(name) for name in self.own.keys() | self.displaced.keys()
        )

    def holds(self) -> bool:
        """Whether, once it is installed, nothing was imported, removed or put in the place of the anchor's modules."""
        count = len(self.outside) - len(self.displaced) + len(self.own)
        return len(sys.modules) == count and all(sys.modules.get(name) is held for name, held in self.own.items())

    def install(self) -> None:
        """Put the anchor's modules in place of what bears their names."""
        for name in self.displaced.keys() - self.own.keys():
            del sys.modules[name]
        sys.modules.update(self.own)

    def undo(self) -> None:
        """Put back what was there, where nothing was imported meanwhile."""
        for name in self.own:
            del sys.modules[name]
        sys.modules.update(self.displaced)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outside:
    """What is put back when the environment ends."""

    exchange: _Exchange
    path: list[str]
    path_entries: tuple[str, ...]
    import_statement: Any
    writes_no_bytecode: bool


class Environment:
    """The modules, search path and import statement of one anchor.

    Args:
        root: Absolute folder of the repository.
        anchor: Absolute folder that its top-level modules are imported from.
    """

    def __init__(self, root: Path, anchor: Path) -> None:
        self.root = str(root)
        self.anchor = str(anchor)
        self.modules: dict[str, ModuleType] = {}
        self.imports = Imports(self.root, self.anchor)
        self._additions: list[str] = []
        self._outside: _Outside | None = None
        self._exchange: _Exchange | None = None
        self._loading = False

    @contextmanager
    def active(self, *, loading: bool = False) -> Iterator[None]:
        """Install this anchor's modules for the duration; nests in itself and in other anchors' environments.

        Args:
            loading: Whether a file is being imported; only then may a user's own `gradcheck.py` take that name,
                because later this package imports parts of itself in between.
        """
        with _one_thread:
            if _active and _active[-1] is self:
                yield
                return
            if _active:
                _active[-1]._uninstall()  # noqa: SLF001 - the same class
            _active.append(self)
            try:
                self._loading = loading
                self._install()
                yield
            finally:
                self._uninstall()
                _active.pop()
                if _active:
                    _active[-1]._install()  # noqa: SLF001 - the same class

    def _install(self) -> None:
        exchange = self._exchange
        if self._loading or exchange is None or not exchange.fits():
            exchange = self._exchanged()
        exchange.install()
        self._outside = _Outside(
            exchange=exchange,
            path=sys.path,
            path_entries=tuple(sys.path),
            import_statement=builtins.__import__,
            writes_no_bytecode=sys.dont_write_bytecode,
        )
        sys.path[:] = [self.anchor, *self._additions, *sys.path]
        sys.meta_path.append(self.imports)
        self.imports.natural = builtins.__import__
        builtins.__import__ = cast("Any", self.imports)
        sys.dont_write_bytecode = True  # nothing is written into the user's folders

    def _exchanged(self) -> _Exchange:
        """What is to be installed, from all modules as they are now."""
        own = {name: module for name, module in self.modules.items() if self._loading or not _is_ourselves(name)}
        hidden = {name for name in self.imports.names if self._is_foreign(name)}
        hidden |= {
            name.partition(".")[0] for name, module in own.items() if sys.modules.get(name, module) is not module
        }
        outside = dict(sys.modules)
        displaced = {name: held for name, held in outside.items() if name in own or (hidden and _top(name) in hidden)}
        return _Exchange(outside=outside, own=own, displaced=displaced)

    def _uninstall(self) -> None:
        outside = self._outside
        if outside is None:
            return
        self._outside = None
        exchange = outside.exchange
        quiet = not self._loading and exchange.holds()
        # Asked first: a package without a file works out its folders from the search path as it is now.
        new = {} if quiet else {n: module for n, module in sys.modules.items() if exchange.outside.get(n) is not module}
        own = [name for name, module in new.items() if self._owns(name, module)]
        builtins.__import__ = outside.import_statement
        # A finder that a library brought is part of the library and stays.
        sys.meta_path[:] = [finder for finder in sys.meta_path if not self._brought(finder)]
        known = {self.anchor, *outside.path_entries}
        self._additions = [entry for entry in sys.path if entry not in known]
        sys.path = outside.path  # the very list: some files assign a new one
        sys.path[:] = outside.path_entries
        sys.dont_write_bytecode = outside.writes_no_bytecode
        if quiet:
            exchange.undo()
        else:
            for name in own:
                self.modules[name] = sys.modules.pop(name)
            sys.modules.update(exchange.outside)
        self._exchange = exchange if quiet else None

    def _brought(self, finder: object) -> bool:
        return finder is self.imports or type(finder).__module__ in self.modules

    def _owns(self, name: str, module: ModuleType) -> bool:
        if repository.is_made_by_hand(name, module):
            package = sys.modules.get(_top(name), module)
            return package is module or repository.owns_module(self.root, package)
        return repository.owns_module(self.root, module)

    def _is_foreign(self, name: str) -> bool:
        # Whether `name` now means a loose file elsewhere although this anchor has a module of that name.
        module = sys.modules.get(name)
        if module is None or name == "__main__" or (_is_ourselves(name) and not self._loading):
            return False
        places = {Path(self.anchor, f"{name}.py"), Path(self.anchor, name, "__init__.py"), Path(self.anchor, name)}
        found = getattr(module, "__file__", None) or next(iter(repository.folders_of(module)), None)
        if found is None or Path(found) in places or not any(place.exists() for place in places):
            return False
        # A library keeps its name: it may be in use, and most cannot be loaded a second time.
        return not repository.is_installed(found)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_ourselves(name: str) -> bool:
    return _top(name) == OURSELVES
