"""The folder a file is imported from, which decides its dotted name and what its own imports find."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType


def anchors(file: Path, root: Path, package: Path | None) -> list[Path]:
    """List the folders to try: above the file's top package, its own folder, every parent up to the root."""
    parents = [folder for folder in file.parents if folder.is_relative_to(root)]
    return list(dict.fromkeys([package.parent, *parents] if package else parents))


def top_package(file: Path) -> Path | None:
    """Give the outermost folder of the unbroken chain of packages that a file lies in."""
    top = None
    for folder in file.parents:
        if not (folder / "__init__.py").is_file():
            break
        top = folder
    return top


def import_file(file: Path, anchor: Path) -> ModuleType:
    """Import a file under the name it has from an anchor, which must be first on `sys.path`.

    A file whose name another module holds, or no import statement can spell, gets a name of its own.
    """
    parts = list(file.relative_to(anchor).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    if not any("." in part for part in parts):
        module = importlib.import_module(".".join(parts))
        if is_file(module, file):
            return module
    # `random.py`, which Python's own hides, or `layer.v2.py`, which no import statement can name.
    name = re.sub(r"\W", "_", "_".join(["_file", *parts]))
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        message = f"{file.name} is not a Python source file"
        raise ImportError(message)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def is_file(module: object, file: Path) -> bool:
    """Say whether a module was made from this very file."""
    found = getattr(module, "__file__", None)
    return isinstance(found, str) and found.endswith(file.name) and Path(found).resolve() == file
