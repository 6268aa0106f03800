from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.importing.repository import AmbiguousModuleError, knows, nearest, owns


def tree(root: Path, *names: str) -> str:
    for name in names:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("")
    return str(root)


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/repo/net/layers.py", True),
        ("/repo/.venv/lib/python3/site-packages/numpy/core.py", False),
        ("/repository/layers.py", False),
        (np.__file__, False),
        (os.__file__, False),
    ],
)
def test_a_repository_owns_its_files_and_not_the_libraries_in_it(file: str, *, expected: bool) -> None:
    assert owns("/repo", file) is expected


def test_gradcheck_is_never_the_users_own() -> None:
    own = Path(__file__).parents[3]
    assert not owns(str(own), str(own / "gradcheck/cases/importing/loading.py"))
    assert owns(str(own), str(own / "reference_models/mlp.py"))


@pytest.mark.parametrize(
    ("name", "members", "expected"),
    [
        ("tool", (), "a"),  # the importer's own branch before its cousin's
        ("nn.conv", (), "a/lib"),
        ("nn", ("conv",), "a/lib"),
        ("nn", (), None),  # a bare folder, nothing of it asked for
        ("pack", (), "b"),
        ("pack.deep", (), "b"),
        ("nowhere", (), None),
        ("hidden", (), None),
        ("installed", (), None),
    ],
)
def test_the_nearest_module_is_found(tmp_path: Path, name: str, members: tuple[str, ...], expected: str | None) -> None:
    root = tree(
        tmp_path,
        "a/deep/layers.py",
        "a/tool.py",
        "b/tool.py",
        "a/lib/nn/conv.py",
        "b/pack/__init__.py",
        "b/pack/deep.py",
        ".cache/hidden.py",
        "env/pyvenv.cfg",
        "env/lib/installed.py",
    )
    found = nearest(root, name, members, f"{root}/a/deep/layers.py")
    assert found == (None if expected is None else tmp_path / expected)


def test_equally_near_modules_are_not_guessed_among(tmp_path: Path) -> None:
    root = tree(tmp_path, "a/layers.py", "b/tool.py", "c/tool.py")
    with pytest.raises(AmbiguousModuleError, match=r"tool lies equally near in 2 places \(b/tool, c/tool\)"):
        nearest(root, "tool", (), f"{root}/a/layers.py")


def test_a_file_does_not_find_itself(tmp_path: Path) -> None:
    root = tree(tmp_path, "a/torch.py")
    assert nearest(root, "torch", (), f"{root}/a/torch.py") is None


def test_a_repository_knows_its_modules_and_packages_and_no_bare_folders(tmp_path: Path) -> None:
    root = tree(tmp_path, "x/one.py", "two/__init__.py", "three/script.py")
    assert [knows(root, name) for name in ("one", "two", "three", "script", "four")] == [True, True, False, True, False]
