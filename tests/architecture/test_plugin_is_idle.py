"""A pytest session that does not ask for gradients to be checked pays for nothing, to its very end."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# At exit of the interpreter: a hook that imports while the session ends is seen as well.
PROBE = """
import atexit, sys
roots = {"gradcheck", "pytest_gradcheck", "numpy", "torch", "hypothesis", "ast_grep_py", "msgspec"}
atexit.register(lambda: print("LOADED", *sorted(m for m in sys.modules if m.partition(".")[0] in roots)))
"""
LAYER = """
class Scale:
    def forward(self, x):
        return 2 * x

    def backward(self, grad):
        return 2 * grad
"""


def loaded_by(folder: Path, *arguments: str, conftest: str = "") -> list[str]:
    """Run pytest with the plugin in a folder with a test and a layer; what is loaded when the interpreter ends."""
    (folder / "conftest.py").write_text(PROBE + conftest)
    (folder / "layers.py").write_text(LAYER)
    (folder / "test_it.py").write_text("def test_passes(): pass\n")
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "gradcheck", "-rA", *arguments],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "1 passed" in finished.stdout or "collected" in finished.stdout
    (line,) = [line for line in finished.stdout.splitlines() if line.startswith("LOADED")]
    return line.split()[1:]


def test_an_idle_session_loads_the_entry_module_and_nothing_else(tmp_path):
    assert loaded_by(tmp_path) == ["pytest_gradcheck", "pytest_gradcheck.fixture"]


@pytest.mark.parametrize("module", ["numpy", "gradcheck.errors"])
def test_an_import_in_a_last_hook_is_noticed(tmp_path, module):
    late = f"def pytest_unconfigure():\n    import {module}\n"
    assert module in loaded_by(tmp_path, conftest=late)


def test_listing_layers_loads_what_reads_source_and_nothing_numeric(tmp_path):
    loaded = loaded_by(tmp_path, "--gradcheck", "--collect-only")
    assert "gradcheck.source.discovery" in loaded
    assert not {"numpy", "torch", "hypothesis"} & set(loaded)
