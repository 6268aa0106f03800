"""Two fresh environments: one with pytest, one with pytest and both of our wheels.

The development environment cannot serve: its editable installs have no files that pytest would mark for assertion
rewriting, and other plugins lie beside ours.
"""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import venv
from pathlib import Path

from measuring.page import ROOT
from measuring.processes import quietly

PROJECTS = (ROOT, ROOT / "plugins" / "pytest_gradcheck")

#: Fails where pytest would not find the plugin: nothing would be measured.
REGISTERED = "import importlib.metadata as m; assert [*m.entry_points(group='pytest11', name='gradcheck')]"


def wheels(folder: Path) -> list[str]:
    """Build both wheels into a folder."""
    for project in PROJECTS:
        quietly(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(project))
    return sorted(str(file) for file in folder.glob("*.whl"))


def environment(folder: Path, built: list[str]) -> Path:
    """Make an environment with pytest, copied from the one this runs in, and the wheels; answers with its Python."""
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    packages = next((folder / "lib").glob("python*")) / "site-packages"
    for name in _needed("pytest"):
        _copy(name, packages)
    quietly(str(python), "-m", "compileall", "-q", str(packages))
    if built:
        quietly(sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", *built)
        quietly(str(python), "-c", REGISTERED)
    return python


def _needed(name: str) -> list[str]:
    """A distribution and what it requires here, extras and other platforms' needs left out."""
    found = [name]
    for requirement in importlib.metadata.requires(name) or []:
        other = re.match(r"[\w.-]+", requirement)
        if ";" not in requirement and other:
            found += [name for name in _needed(other.group()) if name not in found]
    return found


def _copy(name: str, packages: Path) -> None:
    distribution = importlib.metadata.distribution(name)
    for file in distribution.files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(distribution.locate_file(file)), target)
