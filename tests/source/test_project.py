from __future__ import annotations

import os
from pathlib import Path

import pytest

from gradcheck.source.project import project_root, python_files


def names(root, **options):
    return [path.removeprefix(root.as_posix() + "/") for path in python_files(root.as_posix(), **options)]


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git"])
def test_the_root_is_the_nearest_folder_with_a_marker(tmp_path, marker):
    (tmp_path / "pyproject.toml").touch()
    inner = tmp_path / "inner"
    (inner / "pkg" / "sub").mkdir(parents=True)
    (inner / marker).touch()
    assert project_root(inner / "pkg" / "sub") == inner
    assert project_root(inner / "pkg" / "layers.py") == inner
    assert project_root(inner) == inner
    assert project_root(tmp_path / "other.py") == tmp_path


def test_without_a_marker_the_folder_given_is_the_root(tmp_path, monkeypatch):
    monkeypatch.setattr("gradcheck.source.project._MARKERS", ("no-such-marker",))
    (tmp_path / "pkg").mkdir()
    assert project_root(tmp_path / "pkg") == tmp_path / "pkg"
    assert project_root(tmp_path / "pkg" / "layers.py") == tmp_path / "pkg"


def test_a_folder_named_like_a_module_is_a_folder(tmp_path):
    project = tmp_path / "networks.py"
    project.mkdir()
    (project / "pyproject.toml").touch()
    (project / "layers.py").touch()
    assert project_root(project) == project
    assert list(python_files(tmp_path.as_posix())) == [(project / "layers.py").as_posix()]


def test_a_relative_path_has_an_absolute_root(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert project_root(Path("layers.py")) == tmp_path


def test_files_come_in_one_order_whatever_the_disk_says(write):
    root = write({"b.py": "", "a/z.py": "", "a/b/c.py": "", "a.py": "", "c.txt": "", "d.pyi": ""})
    assert names(root) == ["a.py", "b.py", "a/z.py", "a/b/c.py"]


@pytest.mark.parametrize(
    "folder",
    [".git", ".venv", "venv", "node_modules", "__pycache__", "site-packages", "build", "dist", ".tox", ".hidden"],
)
def test_folders_of_other_people_are_skipped(write, folder):
    root = write({f"{folder}/a.py": "", f"pkg/{folder}/a.py": "", "pkg/b.py": ""})
    assert names(root) == ["pkg/b.py"]


def test_a_skipped_folder_is_read_when_it_is_the_one_given(write):
    root = write({"build/a.py": "", "build/build/b.py": ""})
    assert names(root / "build") == ["a.py"]


def test_a_virtual_environment_is_known_by_its_mark_not_its_name(write):
    root = write({"env/pyvenv.cfg": "", "env/lib/a.py": "", "b.py": ""})
    assert names(root) == ["b.py"]


def test_hidden_files_are_skipped(write):
    root = write({".#layers.py": "", "layers.py": ""})
    assert names(root) == ["layers.py"]


def test_links_to_folders_are_not_followed_and_loops_do_no_harm(write):
    root = write({"pkg/a.py": ""})
    (root / "pkg" / "loop").symlink_to(root, target_is_directory=True)
    (root / "alias").symlink_to(root / "pkg", target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    (root / "gone.py").symlink_to(root / "nowhere.py")
    (root / "linked.py").symlink_to(root / "pkg" / "a.py")
    assert names(root) == ["linked.py", "pkg/a.py"]


def test_what_is_excluded_is_not_entered(write):
    root = write({"data/deep/a.py": "", "b.py": "", "c.py": ""})
    asked = []

    def excluded(path):
        asked.append(path)
        return path.endswith(("/data", "/c.py"))

    assert names(root, excluded=excluded) == ["b.py"]
    assert not any("deep" in path for path in asked)


def test_a_folder_that_cannot_be_listed_is_told_of_and_the_rest_goes_on(write, monkeypatch):
    root = write({"locked/a.py": "", "open/b.py": ""})
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    errors = []
    assert names(root, failed=errors.append) == ["open/b.py"]
    assert [error.strerror for error in errors] == ["Permission denied"]
    assert names(root) == ["open/b.py"]
