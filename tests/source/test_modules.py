from __future__ import annotations

import pytest

from gradcheck.source import modules
from gradcheck.source.modules import Modules


@pytest.fixture
def places(write):
    def found(files, importer, dotted):
        root = write(dict.fromkeys(files, ""))
        prefix = root.as_posix() + "/"
        located = Modules(root.as_posix()).places(prefix + importer, dotted)
        return [path.removeprefix(prefix) for path in located]

    return found


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        (".base", ["pkg/sub/base.py"]),
        ("..base", ["pkg/base.py"]),
        (".", ["pkg/sub/__init__.py"]),
        ("..", ["pkg/__init__.py"]),
        ("..core.ops", ["pkg/core/ops.py"]),
        (".none", []),
        ("....far", []),
    ],
)
def test_a_relative_import_is_counted_from_its_own_folder(places, dotted, expected):
    files = ["pkg/__init__.py", "pkg/base.py", "pkg/sub/__init__.py", "pkg/sub/base.py", "pkg/core/ops.py"]
    assert places(files, "pkg/sub/layers.py", dotted) == expected


def test_an_absolute_import_starts_above_the_package(places):
    files = ["lib/pkg/__init__.py", "lib/pkg/base.py"]
    assert places(files, "lib/pkg/layers.py", "pkg.base") == ["lib/pkg/base.py"]


def test_an_absolute_import_may_start_in_the_folder_or_in_any_above(places):
    files = ["a/b/base.py", "a/base.py", "base.py", "src/base.py", "other/base.py"]
    assert places(files, "a/b/layers.py", "base") == ["a/b/base.py", "a/base.py", "base.py", "src/base.py"]


def test_a_package_goes_before_a_module_of_its_name(places):
    assert places(["base.py", "base/__init__.py"], "layers.py", "base") == ["base/__init__.py", "base.py"]


def test_a_module_no_path_leads_to_is_looked_for_everywhere_nearest_first(places):
    files = ["z/lib/core/base.py", "a/lib/core/base.py", "a/deep/lib/core/base.py"]
    assert places(files, "a/x/layers.py", "core.base") == [
        "a/lib/core/base.py",
        "a/deep/lib/core/base.py",
        "z/lib/core/base.py",
    ]


def test_half_a_name_is_no_match(places):
    assert places(["lib/my_base.py"], "x/layers.py", "base") == []


@pytest.mark.parametrize("name", ["abc", "torch.nn", "numpy"])
def test_what_is_surely_elsewhere_costs_no_walk(places, monkeypatch, name):
    monkeypatch.setattr(modules, "python_files", lambda root: pytest.fail("walked the project"))
    assert places([], "layers.py", name) == []


def test_a_name_too_long_for_the_disk_is_not_there(places):
    assert places([], "layers.py", "." + "x" * 5000) == []
