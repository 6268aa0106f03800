"""Loading of extension folders: one module, one upper-case constant, one frozen dataclass."""

from __future__ import annotations

import importlib
import os
from typing import TypeVar

from gradcheck.errors import ExtensionError

Member = TypeVar("Member")


def names(package: str) -> tuple[str, ...]:
    """List the extension modules of a package, sorted, without importing any of them.

    Args:
        package: Dotted name of the extension folder, such as `gradcheck.checks`.
    """
    files = os.listdir(_folder(package))  # noqa: PTH208 - pathlib takes as long to load as all that a help text needs
    return tuple(sorted(file[:-3] for file in files if file.endswith(".py") and not file.startswith("_")))


def load(package: str, name: str, constant: str, kind: type[Member]) -> Member:
    """Import one extension module and return the constant it exports.

    Args:
        package: Dotted name of the extension folder.
        name: Module name inside it.
        constant: The upper-case name the module must export.
        kind: The dataclass the constant must be an instance of.

    Raises:
        ExtensionError: The module exports nothing of that name, or something else.
    """
    module = importlib.import_module(f"{package}.{name}")
    found = getattr(module, constant, None)
    if not isinstance(found, kind):
        message = f"{package}.{name} must export {constant}, an instance of {kind.__name__}; found {constant}={found!r}"
        raise ExtensionError(message)
    return found


def load_all(package: str, constant: str, kind: type[Member]) -> dict[str, Member]:
    """Import every extension module of a package; file name to constant, sorted by name."""
    return {name: load(package, name, constant, kind) for name in names(package)}


def _folder(package: str) -> str:
    # An extension folder's own __init__ holds no more than a sentence, so that importing it costs nothing.
    try:
        found = importlib.import_module(package)
    except ModuleNotFoundError:
        found = None
    if found is None or not hasattr(found, "__path__"):
        message = f"{package} is not an extension folder"
        raise ExtensionError(message)
    return str(next(iter(found.__path__)))
