from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.source import reading
from gradcheck.source.discovery import find_layers, layers_in_file
from gradcheck.source.methods import PAIRS
from gradcheck.source.parse import MAX_LINE


def identities(*paths, **options):
    return [site.identity for site in find_layers(paths, **options).sites]


def problems(*paths, **options):
    return [(problem.path, problem.line, problem.message) for problem in find_layers(paths, **options).problems]


def test_a_layer_is_described_whole(write):
    root = write(
        {
            "src/layers.py": (
                "class Linear(Base):\n    def forward(self, x): return x\n"
                "    def backward(self, g):\n        return g\n"
            )
        }
    )
    (site,) = find_layers([root]).sites
    assert (site.root, site.path, site.qualname, site.line) == (root, "src/layers.py", "Linear", 1)
    assert site.file == root / "src" / "layers.py"
    assert site.identity == "src/layers.py::Linear"
    assert (site.bases, site.family, site.is_abstract) == (("Base",), "instance", False)
    assert (site.forward.name, site.forward.line, site.forward.path) == ("forward", 2, "src/layers.py")
    assert (site.backward.line, site.backward.end_line) == (3, 4)


@pytest.mark.parametrize("names", PAIRS, ids="/".join)
def test_every_pair_of_names_makes_a_layer(write, pair, names):
    (site,) = find_layers([write({"a.py": pair("A", forward=names[0], backward=names[1])})]).sites
    assert (site.forward.name, site.backward.name) == names


def test_sites_come_by_path_and_line_whatever_the_order_of_the_paths(write, pair):
    root = write({"b.py": pair("Z") + pair("A"), "a/c.py": pair("C"), "a.py": pair("A")})
    expected = ["a.py::A", "a/c.py::C", "b.py::Z", "b.py::A"]
    assert identities(root) == expected
    assert identities(root / "b.py", root / "a", root / "a.py", root / "b.py") == expected


def test_only_the_paths_given_yield_sites(write, pair):
    root = write({"a.py": pair("A"), "b/b.py": pair("B"), "c/c.py": pair("C")})
    assert identities(root / "b", root / "a.py") == ["a.py::A", "b/b.py::B"]


def test_nested_classes_are_layers_and_classes_inside_functions_are_not(write, pair):
    nested = "class Outer:\n" + "".join(f"    {line}\n" for line in pair("Inner").splitlines() if line)
    local = "def make():\n" + "".join(f"    {line}\n" for line in pair("Local").splitlines() if line)
    assert identities(write({"a.py": nested + local})) == ["a.py::Outer.Inner"]


def test_of_two_classes_of_one_name_the_last_counts(write, pair):
    root = write({"a.py": pair("A") + pair("A")})
    assert [site.line for site in find_layers([root]).sites] == [7]


def test_test_classes_and_test_files_count_only_when_named(write, pair):
    root = write({"a.py": pair("TestLinear") + pair("B"), "test_b.py": pair("B"), "b_test.py": pair("B")})
    assert identities(root) == ["a.py::B"]
    assert identities(root / "a.py") == ["a.py::TestLinear", "a.py::B"]
    assert identities(root / "test_b.py", root / "b_test.py") == ["b_test.py::B", "test_b.py::B"]
    assert identities(root, root / "test_b.py") == ["a.py::B", "test_b.py::B"]


@pytest.mark.parametrize("base", ["unittest.TestCase", "TestCase", "GradientTestCase"])
def test_a_test_case_never_is_a_layer(write, pair, base):
    root = write({"a.py": f"import unittest\n{pair('Checks', base)}"})
    assert identities(root / "a.py") == []


def test_layers_in_file_counts_the_file_as_named(write, pair):
    root = write({"test_a.py": pair("TestA")})
    assert [site.identity for site in layers_in_file(root / "test_a.py", root).sites] == ["test_a.py::TestA"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("old", ["src/b_old.py::B", "src/c.py::C"]),
        ("old/", ["src/b_old.py::B", "src/c.py::C"]),
        ("src/old", ["src/b_old.py::B", "src/c.py::C"]),
        ("*/old", ["src/b_old.py::B", "src/c.py::C"]),
        ("src/*_old.py", ["src/c.py::C"]),
        ("*_old.py", ["src/c.py::C"]),
        ("c.py", ["src/b_old.py::B", "src/old/a_old.py::A"]),
        ("src", []),
        ("old.py", ["src/b_old.py::B", "src/c.py::C", "src/old/a_old.py::A"]),
    ],
)
def test_what_is_excluded_is_left_out_of_folders_and_never_when_named(write, pair, pattern, left):
    root = write({"src/old/a_old.py": pair("A"), "src/b_old.py": pair("B"), "src/c.py": pair("C")})
    assert identities(root, exclude=[pattern]) == left
    assert identities(root / "src" / "b_old.py", exclude=[pattern]) == ["src/b_old.py::B"]


def test_a_folder_that_cannot_be_listed_is_a_problem_and_the_rest_goes_on(write, pair, monkeypatch):
    root = write({"locked/a.py": pair("A"), "open/b.py": pair("B")})
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert identities(root) == ["open/b.py::B"]
    assert problems(root) == [("locked", 0, "cannot be read: Permission denied")]


def test_a_given_root_names_the_files_below_it_and_no_others(write, pair):
    root = write({"project/pyproject.toml": "", "project/a.py": pair("A")})
    assert identities(root / "project", root=root) == ["project/a.py::A"]
    assert identities(root / "project", root=root / "elsewhere") == ["a.py::A"]
    assert identities(root / "project") == ["a.py::A"]


def test_two_projects_in_one_call_keep_their_own_bases(write, pair):
    files = {}
    for name in ("one", "two"):
        files[f"{name}/pyproject.toml"] = ""
        files[f"{name}/base.py"] = pair("Layer")
        files[f"{name}/layers.py"] = "from base import Layer\nclass A(Layer): ...\n"
    root = write(files)
    found = [site for site in find_layers([root / "one", root / "two"]).sites if site.qualname == "A"]
    assert {site.root / site.forward.path for site in found} == {root / "one" / "base.py", root / "two" / "base.py"}


def test_relative_paths_are_meant_from_where_one_stands(write, pair, monkeypatch):
    root = write({"src/a.py": pair("A")})
    monkeypatch.chdir(root / "src")
    assert identities(Path("a.py")) == ["src/a.py::A"]
    assert identities(Path(), root=Path("..")) == ["src/a.py::A"]


def test_a_path_that_is_not_there_is_a_problem(write):
    root = write({})
    assert problems(root / "none.py") == [("none.py", 0, "does not exist; give a Python file or a folder that does")]


@pytest.mark.parametrize("name", ["notes.txt", "notebook.ipynb", "layers.pyi"])
def test_a_file_that_is_no_python_is_a_problem(write, name):
    root = write({name: ""})
    assert problems(root / name) == [(name, 0, "is no Python file; give files that end in .py, or folders")]


def test_a_pipe_with_the_name_of_a_module_blocks_nobody(write):
    root = write({})
    os.mkfifo(root / "pipe.py")
    assert problems(root) == []
    assert problems(root / "pipe.py") == [("pipe.py", 0, "is no Python file; give files that end in .py, or folders")]


def test_a_name_the_disk_refuses_is_a_problem(write):
    root = write({})
    ((path, line, message),) = problems(root / ("x" * 5000 + ".py"))
    assert path.endswith(".py")
    assert line == 0
    assert message == "cannot be read: File name too long"


def test_a_file_that_may_not_be_read_is_a_problem_and_the_rest_goes_on(write, pair, monkeypatch):
    from gradcheck.source import discovery

    root = write({"locked.py": pair("A"), "open.py": pair("B")})

    def refusing(path):
        if path.endswith("locked.py"):
            raise PermissionError(13, "Permission denied", path)
        return reading.read_bytes(path)

    monkeypatch.setattr(discovery, "read_bytes", refusing)
    assert identities(root) == ["open.py::B"]
    assert problems(root) == [("locked.py", 0, "cannot be read: Permission denied")]


def test_broken_syntax_is_a_problem_and_hides_nothing_else(write, pair):
    root = write({"a.py": pair("A") + "x = = 1\n" + pair("B"), "b.py": pair("B")})
    assert identities(root) == ["a.py::A", "a.py::B", "b.py::B"]
    ((path, line, message),) = problems(root)
    assert (path, line) == ("a.py", 7)
    assert message.startswith("does not parse (")


def test_a_broken_file_without_layers_is_nobodys_problem(write):
    assert problems(write({"a.py": "class A:\n    x = = 1\n"})) == []


def test_a_lone_string_of_bytes_is_read_as_well_as_it_goes(write, pair):
    root = write({"a.py": b"name = '\xff'\n" + pair("A").encode(), "b.py": b"\xef\xbb\xbf" + pair("B").encode()})
    assert identities(root) == ["a.py::A", "b.py::B"]
    assert [(path, line) for path, line, _ in problems(root)] == [("a.py", 1)]


def test_a_declared_encoding_is_respected(write):
    source = "# coding: latin-1\nclass Año:\n    def forward(self, x): return x\n    def backward(self, g): return g\n"
    assert identities(write({"a.py": source.encode("latin-1")})) == ["a.py::Año"]


@pytest.mark.parametrize("ending", [b"\r\n", b"\r"])
def test_lines_are_counted_as_python_counts_them(write, pair, ending):
    root = write({"a.py": b"x = 1" + ending + pair("A").encode().replace(b"\n", ending)})
    (site,) = find_layers([root]).sites
    assert (site.line, site.forward.line, site.backward.end_line) == (2, 3, 6)


def test_nul_bytes_are_a_problem(write, pair):
    root = write({"a.py": b"x =\x001\n" + pair("A").encode()})
    assert identities(root) == ["a.py::A"]
    assert [path for path, _, _ in problems(root)] == ["a.py"]


def test_a_file_in_one_huge_line_is_skipped_by_name(write, pair):
    line = "class A:\n    def backward(self, g): return g; " + "x = 'def '; " * (MAX_LINE // 8) + "\n"
    root = write({"a.py": line, "b.py": pair("B")})
    assert identities(root) == ["b.py::B"]
    ((path, number, message),) = problems(root)
    assert (path, number) == ("a.py", 2)
    assert "skipped" in message


def test_a_huge_file_is_skipped_by_name(write, pair, monkeypatch):
    from gradcheck.source import repository

    monkeypatch.setattr(reading, "MAX_BYTES", 2000)
    monkeypatch.setattr(repository, "MAX_BYTES", 2000)
    root = write({"a.py": pair("A") + "# a comment\n" * 1000, "b.py": pair("B")})
    assert identities(root) == ["b.py::B"]
    ((path, _, message),) = problems(root)
    assert path == "a.py"
    assert "was skipped" in message


def test_what_the_parser_refuses_is_a_problem(write, pair, monkeypatch):
    import ast_grep_py

    class PanicException(BaseException):
        pass

    def panic(text, language):
        raise PanicException

    monkeypatch.setattr(ast_grep_py, "SgRoot", panic)
    root = write({"a.py": pair("A")})
    assert problems(root) == [("a.py", 0, "cannot be parsed: the parser gave up")]


@pytest.mark.parametrize(
    "text",
    [
        "class",
        "class A(:\n def backward(",
        "class A(B:\n    def backward(self)\n        return\n",
        "class A:\n    def backward(self, *, **): ...\n    def forward(x=, y): ...\n",
        "class A(\n" * 50 + "def backward",
        "class A:\n" + "".join(f"{'    ' * i}if x:\n" for i in range(1, 90)) + "    def backward(self): ...\n",
        "@\nclass A:\n    @\n    def backward(self): ...\n",
        "class A:\n    def backward(self): return " + "(" * 5000 + "\n",
        "def backward\nclass : ...\n    def forward(): ...\n",
        'class A:\n    def backward(self): """unterminated\n',
        "class A:\n    backward = forward = backward\n    def backward(self): ...\n    forward: int = backward\n",
    ],
)
def test_no_text_ends_in_a_traceback(write, text):
    found = find_layers([write({"a.py": text})])
    assert all(site.path == "a.py" for site in found.sites)
    assert all(problem.path == "a.py" for problem in found.problems)


def test_python_2_is_read_too(write, pair):
    assert identities(write({"a.py": pair("A") + "print 'done'\nexec 'x'\n"})) == ["a.py::A"]


def test_an_empty_folder_has_no_layers_and_no_problems(tmp_path):
    found = find_layers([tmp_path])
    assert (found.sites, found.problems) == ((), ())


def test_discovery_runs_nothing_and_loads_nothing_numeric(write, pair):
    root = write({"a.py": "raise SystemExit('imported')\n" + pair("A")})
    code = (
        "import sys\nfrom pathlib import Path\nfrom gradcheck.source.discovery import find_layers\n"
        "before = 'ast_grep_py' in sys.modules\n"
        "found = find_layers([Path(sys.argv[1])])\n"
        "print(len(found.sites), before, sorted({'numpy', 'torch', 'hypothesis', 'pytest'} & set(sys.modules)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "1 False []"


def test_nothing_heavy_is_imported_to_learn_that_there_is_no_layer(write):
    root = write({"a.py": "class A:\n    def forward(self, x): return x\n"})
    code = (
        "import sys\nfrom pathlib import Path\nfrom gradcheck.source.discovery import find_layers\n"
        "find_layers([Path(sys.argv[1])])\nprint('ast_grep_py' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(root)], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "False"
