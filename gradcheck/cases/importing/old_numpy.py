"""NumPy as an older file knew it: names that the installed one has no longer, for the files that say them.

NumPy itself stays as it is. A file of the user's that says `np.int` is handed a module like NumPy that has the name,
and whatever of it is used is remembered: such a file does not run here without us, and its verdicts say so.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.cases.importing.reasons import NUMPY_1_NAMES


def _one_row_is_in(ar1: Any, ar2: Any, *options: Any, **named: Any) -> Any:
    return np.isin(np.ravel(ar1), ar2, *options, **named)


def _as_float_array(a: Any, dtype: Any = np.float64) -> Any:
    return np.asarray(a, dtype=dtype if np.issubdtype(dtype, np.inexact) else np.float64)


#: Names whose successor is no plain name.
_SPELT_OTHERWISE: Mapping[str, Any] = {
    "NINF": -np.inf,
    "asfarray": _as_float_array,
    "asscalar": lambda a: a.item(),
    "in1d": _one_row_is_in,
    "msort": lambda a: np.sort(a, axis=0),
}


#: Where NumPy 1 had its functions a second time.
LIBRARY = "lib."


def _missing_names() -> dict[str, Any]:
    """What this NumPy has no longer, and what it meant."""
    found: dict[str, Any] = {}
    for name, today in NUMPY_1_NAMES.items():
        home, successor = (np, today.removeprefix("np.")) if today.startswith("np.") else (builtins, today)
        if name in _SPELT_OTHERWISE:
            found[name] = _SPELT_OTHERWISE[name]
        elif hasattr(home, successor):
            found[name] = getattr(home, successor)
    return {name: meaning for name, meaning in found.items() if name not in vars(np)}


MISSING = _missing_names()
MISSING_OF_LIBRARY = tuple(f"{LIBRARY}{name}" for name in np.__all__ if name not in vars(np.lib))


class OldNames:
    """What the files of one anchor used of what NumPy has no longer.

    Attributes:
        numpy: A module like NumPy that has the names.
        at_import: Names used while a file was imported; without them it cannot be.
        used: Names used otherwise, since `forget`.
    """

    def __init__(self) -> None:
        self.numpy = ModuleType(np.__name__, np.__doc__)
        self.at_import: set[str] = set()
        self.used: set[str] = set()
        vars(self.numpy).update(vars(np))
        vars(self.numpy)["__getattr__"] = self._meaning
        library = vars(self.numpy)["lib"] = ModuleType(np.lib.__name__, np.lib.__doc__)
        vars(library).update(vars(np.lib))
        vars(library)["__getattr__"] = self._of_library

    def are_said(self, importer: str, members: Iterable[str]) -> bool:
        """Whether a file needs names that NumPy has no longer.

        Args:
            importer: Absolute path of the importing file.
            members: The names of its `from numpy import ...`.
        """
        return not MISSING.keys().isdisjoint(members) or _says_missing_names(importer)

    def forget(self) -> None:
        """What is used from here on is another layer's."""
        self.used.clear()

    def imported(self) -> None:
        """An import is over: what was used in it, every layer of the file needs."""
        self.at_import |= self.used
        self.used.clear()

    def told(self) -> tuple[str, ...]:
        """A sentence about the names that were used, where any was."""
        names = sorted(self.at_import | self.used)
        if not names:
            return ()
        listed = ", ".join(
            f"`np.{name}` (write `{NUMPY_1_NAMES.get(name) or f'np.{name.removeprefix(LIBRARY)}'}`)" for name in names
        )
        verb, owner = ("are", "their") if len(names) > 1 else ("is", "its")
        told = f"{listed} {verb} not in NumPy {np.__version__} any more: this code does not run here as it is, and was"
        return (f"{told} tried with {owner} old meaning",)

    def _of_library(self, name: str) -> Any:
        # `np.lib.pad` was the very function `np.pad`.
        found = getattr(np.lib, name, None) or getattr(np, name)
        self.used.add(f"{LIBRARY}{name}")
        return found

    def _meaning(self, name: str) -> Any:
        if name not in MISSING:
            return getattr(np, name)
        self.used.add(name)
        return MISSING[name]


@lru_cache(maxsize=256)
def _says_missing_names(file: str) -> bool:
    """Whether a file reads an attribute by one of the names off what it imports as NumPy, or off its `lib`."""
    source = Path(file).read_bytes()
    if b".lib." not in source and not any(f".{name}".encode() in source for name in MISSING):
        return False
    nodes = list(ast.walk(ast.parse(source)))
    imported = [alias for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names = {alias.asname or "numpy" for alias in imported if alias.name.partition(".")[0] == "numpy"}
    read = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return any(f"{numpy}.{name}" in read for numpy in names for name in (*MISSING, *MISSING_OF_LIBRARY))
