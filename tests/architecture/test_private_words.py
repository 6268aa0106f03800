"""No text file of the repository names a machine it was written on, or the host of a package registry."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATED = re.compile(r"\.git|\.venv|build|dist|__pycache__|\..*_cache|\.hypothesis|\.gradcheck|.*\.egg-info")

# Written in pieces, so that this file does not find itself.
PRIVATE = re.compile(
    "|".join(
        [
            "/" + "(?:work|farm)" + "/",
            "/" + "root" + "/",
            "/" + "tmp/" + "(?:bash_jobs|studio)",
            "files" + r"\.pythonhosted",
            "pypi" + r"\.org/simple",
            "download" + r"\.pytorch\.org",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian\.org",
        ]
    )
)


def repository_files(root: Path) -> list[Path]:
    """Files git holds or would take; outside a clone, every file that is not generated."""
    if (root / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [root / name for name in sorted(filter(None, listed.stdout.split("\0"))) if (root / name).is_file()]
    return [file for file in sorted(root.rglob("*")) if file.is_file() and not is_generated(file.relative_to(root))]


def is_generated(path: Path) -> bool:
    return any(GENERATED.fullmatch(part) for part in path.parts)


def private_lines(file: Path) -> list[tuple[int, str]]:
    """Line number and text of every line that names what it should not; none in a binary file."""
    data = file.read_bytes()
    if b"\0" in data:
        return []
    lines = data.decode("utf-8", errors="replace").splitlines()
    return [(number, line.strip()) for number, line in enumerate(lines, start=1) if PRIVATE.search(line)]


def test_no_file_names_a_machine_or_a_registry():
    files = repository_files(ROOT)
    assert ROOT / "pyproject.toml" in files
    assert Path(__file__) in files
    found = {file.relative_to(ROOT).as_posix(): private_lines(file) for file in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    [
        "see /" + "work/notes.txt",
        "cd /" + "farm/project",
        "home = /" + "root/.local",
        "https://files." + "pythonhosted.org/packages/x.whl",
        "--index-url https://pypi." + "org/simple",
        "https://registry." + "npmjs.org/x",
    ],
)
def test_a_private_word_is_found(tmp_path, line):
    file = tmp_path / "note.md"
    file.write_text(f"first\n{line}\n")
    assert private_lines(file) == [(2, line)]


@pytest.mark.parametrize("line", ["a/network/layer.py", "groundwork/", "the /root of the tree", "on PyPI"])
def test_a_harmless_word_is_not(tmp_path, line):
    file = tmp_path / "note.md"
    file.write_text(f"{line}\n")
    assert private_lines(file) == []


def test_a_binary_file_is_left_alone(tmp_path):
    file = tmp_path / "picture.png"
    file.write_bytes(b"\0/" + b"root/")
    assert private_lines(file) == []


def test_a_tree_without_git_is_read_too(tmp_path):
    for generated in (".venv", ".ruff_cache", "gradcheck.egg-info"):
        (tmp_path / generated).mkdir()
        (tmp_path / generated / "home.cfg").write_text("home")
    (tmp_path / "README.md").write_text("words")
    assert repository_files(tmp_path) == [tmp_path / "README.md"]
