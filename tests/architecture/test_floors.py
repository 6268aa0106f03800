"""The contracts of pyproject.toml hold, and each of them breaks on a copy of the tree that violates it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("gradcheck", "reference_models", "plugins/pytest_gradcheck/pytest_gradcheck")
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None, no_cache=True))"


@pytest.fixture
def tree(tmp_path):
    """A copy of the three packages side by side, with the contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        source = ROOT / package
        shutil.copytree(source, tmp_path / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    # -c puts the working folder first on sys.path, before any installed copy.
    finished = subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    return finished.returncode, finished.stdout + finished.stderr


def test_every_contract_is_kept(tree):
    code, text = lint(tree)
    assert code == 0, text
    assert "0 broken" in text


@pytest.mark.parametrize(
    ("contract", "planted"),
    [
        pytest.param(
            "Imports run downwards only",
            {"gradcheck/types/__init__.py": "import gradcheck.run"},
            id="types imports run",
        ),
        pytest.param(
            "Imports run downwards only",
            {"gradcheck/numerics/planted.py": "from gradcheck.cases import planted", "gradcheck/cases/planted.py": ""},
            id="numerics imports cases",
        ),
        pytest.param(
            "Imports run downwards only",
            {
                "gradcheck/checks/planted.py": "def f():\n    import gradcheck.oracles.planted",
                "gradcheck/oracles/planted.py": "",
            },
            id="a check imports an oracle inside a function",
        ),
        pytest.param("Imports run downwards only", {"gradcheck/planted.py": ""}, id="a module nobody gave a floor"),
        pytest.param(
            "Imports run downwards only",
            {"gradcheck/scan/__init__.py": "", "gradcheck/run.py": "import gradcheck.scan"},
            id="run imports scan",
        ),
        pytest.param(
            "Imports of the static half run downwards only",
            {
                "gradcheck/scan/__init__.py": "",
                "gradcheck/scan/model.py": "import gradcheck.scan.engine",
                "gradcheck/scan/engine.py": "",
            },
            id="the model of scan imports its engine",
        ),
        pytest.param(
            "Leaves never import one another",
            {
                "gradcheck/checks/planted.py": "import gradcheck.checks.planted_too",
                "gradcheck/checks/planted_too.py": "",
            },
            id="a check imports a check",
        ),
        pytest.param(
            "No circles between modules",
            {
                "gradcheck/numerics/planted.py": "import gradcheck.numerics.planted_too",
                "gradcheck/numerics/planted_too.py": "import gradcheck.numerics.planted",
            },
            id="two modules import each other",
        ),
        pytest.param(
            "The library does not know its plugin",
            {"gradcheck/errors.py": "import pytest_gradcheck"},
            id="errors imports the plugin",
        ),
        pytest.param(
            "What reads source loads nothing numeric",
            {"gradcheck/source/planted.py": "import numpy"},
            id="source imports numpy",
        ),
        pytest.param(
            "What reads source loads nothing numeric",
            {"gradcheck/scan/__init__.py": "", "gradcheck/scan/planted.py": "from gradcheck.types import Report"},
            id="scan imports numpy through types",
        ),
        pytest.param(
            "The command line loads nothing heavy itself", {"gradcheck/cli.py": "import numpy"}, id="cli imports numpy"
        ),
        pytest.param(
            "reference_models never imports gradcheck",
            {"reference_models/planted.py": "from gradcheck import types"},
            id="the evidence imports gradcheck",
        ),
    ],
)
def test_a_violation_is_reported(tree, contract, planted):
    for path, text in planted.items():
        file = tree / path
        file.parent.mkdir(exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"{before}\n{text}\n", encoding="utf-8")
    code, text = lint(tree)
    assert code == 1, text
    assert f"{contract} BROKEN" in text
