"""The two distributions agree with each other and with constraints.txt."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import gradcheck

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "plugins" / "pytest_gradcheck"
LIBRARY_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PLUGIN_PROJECT = tomllib.loads((PLUGIN / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]


def test_the_plugin_asks_for_the_library_of_its_own_version():
    assert PLUGIN_PROJECT["project"]["version"] == gradcheck.__version__
    assert f"gradcheck=={gradcheck.__version__}" in PLUGIN_PROJECT["project"]["dependencies"]


def test_only_the_plugin_has_a_pytest_entry_point():
    # pytest rewrites the assertions of every top-level package of such a distribution: a cost for each user.
    assert "entry-points" not in LIBRARY_PROJECT["project"]
    assert PLUGIN_PROJECT["project"]["entry-points"] == {"pytest11": {"gradcheck": "pytest_gradcheck"}}


def test_both_support_the_same_versions_of_python():
    assert LIBRARY_PROJECT["project"]["requires-python"] == PLUGIN_PROJECT["project"]["requires-python"]


def test_both_carry_the_same_licence():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert (PLUGIN / "LICENSE").read_text(encoding="utf-8") == text


def test_every_direct_dependency_and_tool_has_exactly_one_pinned_version():
    extras = LIBRARY_PROJECT["project"]["optional-dependencies"]
    asked = [
        *LIBRARY_PROJECT["project"]["dependencies"],
        *extras["torch"],
        *extras["rich"],
        *LIBRARY_PROJECT["dependency-groups"]["dev"],
    ]
    assert {name_of(requirement) for requirement in asked} == set(pins())
    assert pins()["torch"] == "2.13.0"
