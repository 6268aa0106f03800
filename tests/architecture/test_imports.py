"""What may not be loaded is looked for in `sys.modules` of a fresh interpreter, when that interpreter ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("hypothesis", "numpy", "pytest", "torch")

# At exit, so that an import in a last hook is seen as well.
PROBE = f"""
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted(sys.modules.keys() & set({HEAVY})), file=sys.__stderr__, flush=True))
"""

LAYER = """
class Linear:
    def forward(self, x):
        return x @ self.W

    def backward(self, grad):
        return grad @ self.W.T
"""


def loaded_by(program: str, *, folder: Path = ROOT) -> list[str]:
    """Run a program in a fresh interpreter and list which of HEAVY it had loaded at its end."""
    search = os.pathsep.join([str(folder), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    finished = subprocess.run(
        [sys.executable, "-c", PROBE + program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    (line,) = [line for line in finished.stderr.splitlines() if line.startswith("LOADED")]
    return line.split()[1:]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import gradcheck; dir(gradcheck); gradcheck.__version__", id="import gradcheck"),
        pytest.param("import gradcheck; gradcheck.case; gradcheck.UsageError", id="the names that need no array"),
        pytest.param("import gradcheck.cli", id="the command line"),
        pytest.param(
            "import runpy; sys.argv = ['gradcheck', '--help']; runpy.run_module('gradcheck', run_name='__main__')",
            id="python -m gradcheck --help",
        ),
        pytest.param(
            "import importlib, pkgutil, gradcheck.source as s\n"
            "names = [m.name for m in pkgutil.walk_packages(s.__path__, 'gradcheck.source.')]\n"
            "assert 'gradcheck.source.model' in names\n"
            "for name in names: importlib.import_module(name)",
            id="every module of gradcheck.source",
        ),
        pytest.param(
            "import importlib, pkgutil, gradcheck.scan as s\n"
            "names = [m.name for m in pkgutil.walk_packages(s.__path__, 'gradcheck.scan.')]\n"
            "assert 'gradcheck.scan.rules.raw_rewrap' in names and 'gradcheck.scan.render.sarif' in names\n"
            "for name in names: importlib.import_module(name)",
            id="every module of gradcheck.scan",
        ),
        pytest.param("from gradcheck.cli import main; assert main(['rule', '--all']) == 0", id="gradcheck rule"),
        pytest.param("from gradcheck.catalogue import check_names; assert check_names()", id="the names of the checks"),
    ],
)
def test_nothing_heavy_is_loaded_by(program):
    assert loaded_by(program) == []


def test_discovery_loads_nothing_heavy_and_not_the_users_module(tmp_path):
    (tmp_path / "layers.py").write_text(f"import numpy\n{LAYER}")
    program = (
        "from pathlib import Path\n"
        "from gradcheck.source.discovery import find_layers\n"
        "found = find_layers([Path('layers.py')], root=Path.cwd())\n"
        "assert [site.identity for site in found.sites] == ['layers.py::Linear'], found\n"
        "assert 'layers' not in sys.modules"
    )
    assert loaded_by(program, folder=tmp_path) == []


@pytest.mark.parametrize("form", ["full", "json", "sarif", "github", "junit"])
def test_scanning_loads_nothing_heavy_and_not_the_users_module(tmp_path, form):
    (tmp_path / "net.py").write_text("import numpy\nraise SystemExit\nw.require_grad = 1\n")
    program = (
        "from gradcheck.cli import main\n"
        f"assert main(['scan', '--output-format', '{form}', 'net.py']) == 1\n"
        "assert 'net' not in sys.modules"
    )
    assert loaded_by(program, folder=tmp_path) == []


def test_a_small_scan_loads_neither_what_validates_nor_what_starts_processes(tmp_path):
    (tmp_path / "net.py").write_text("w.require_grad = 1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    program = (
        "from gradcheck.cli import main\n"
        "assert main(['scan', '--no-cache', 'net.py']) == 1\n"
        "slow = {'msgspec', 'tomllib', 'multiprocessing', 'difflib', 'gradcheck.scan.fixes', 'gradcheck.run'}\n"
        "assert not slow & sys.modules.keys(), slow & sys.modules.keys()"
    )
    assert loaded_by(program, folder=tmp_path) == []


def test_scan_loads_nothing_heavy_and_not_the_users_module(tmp_path):
    (tmp_path / "layers.py").write_text(f"import numpy\n{LAYER}\ndef f(x):\n    return Tensor(x.data * 2)\n")
    program = (
        "from gradcheck.cli import main\n"
        "assert main(['scan', 'layers.py']) == 1\n"
        "assert 'layers' not in sys.modules and 'multiprocessing' not in sys.modules"
    )
    assert loaded_by(program, folder=tmp_path) == []


@pytest.mark.parametrize("name", HEAVY)
def test_the_guard_sees_a_heavy_import(tmp_path, name):
    # A stand-in of that name, so that the guard is proven for torch where torch is not installed.
    (tmp_path / f"{name}.py").write_text("")
    (tmp_path / "violating.py").write_text(f"def later():\n    import {name}\n")
    assert loaded_by("import violating", folder=tmp_path) == []
    assert loaded_by("import violating; violating.later()", folder=tmp_path) == [name]


def test_the_guard_sees_an_import_at_the_very_end(tmp_path):
    (tmp_path / "numpy.py").write_text("")
    assert loaded_by("atexit.register(lambda: __import__('numpy'))", folder=tmp_path) == ["numpy"]


@pytest.mark.parametrize(
    ("command", "not_loaded"),
    [
        (["scan", "--help"], {"gradcheck.scan.model", "gradcheck.scan.registry", "pathlib", "shutil", "dataclasses"}),
        (["scan", "empty"], {"ast_grep_py", "gradcheck.scan.work", "gradcheck.scan.documents", "shutil", "textwrap"}),
        (["rule", "GRC002"], {"ast_grep_py", "gradcheck.scan.engine", "gradcheck.scan.rules.raw_rewrap", "shutil"}),
    ],
    ids=" ".join,
)
def test_what_begins_in_a_moment_loads_nothing_it_can_do_without(tmp_path, command, not_loaded):
    (tmp_path / "empty").mkdir()
    program = (
        "from gradcheck.cli import main\n"
        f"try: main({command})\n"
        "except SystemExit as error: assert not error.code\n"
        f"assert not {not_loaded} & sys.modules.keys(), {not_loaded} & sys.modules.keys()"
    )
    assert loaded_by(program, folder=tmp_path) == []
