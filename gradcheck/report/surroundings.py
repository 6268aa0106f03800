"""What a run ran on: versions, the platform, the commit of the checked tree."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from pathlib import Path

from gradcheck import __version__
from gradcheck.report.schema import Surroundings

#: Packages whose version may change a verdict.
PACKAGES = ("numpy", "torch", "scipy", "hypothesis", "pytest", "pytest-gradcheck")
#: Asking git must not hold up a run whose results are there.
SECONDS = 5.0


def surroundings(root: Path) -> Surroundings:
    """What this process runs on.

    Args:
        root: The project whose layers were checked.
    """
    commit = _git(root, "rev-parse", "HEAD")
    return Surroundings(
        gradcheck=__version__,
        python=platform.python_version(),
        platform=platform.platform(),
        packages={name: version for name in PACKAGES if (version := _version(name))},
        commit=commit,
        changed=bool(commit and _git(root, "status", "--porcelain", "--untracked-files=no")),
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _git(root: Path, *arguments: str) -> str:
    """What git answers, "" where there is no git, no tree of it, or no answer in time."""
    command = ["git", "-C", str(root), *arguments]
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command on a folder
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
