"""Every module in an extension folder exports its one constant, and the loader says so where one does not."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from gradcheck import extensions
from gradcheck.errors import ExtensionError
from gradcheck.optimizers.model import Family
from gradcheck.scan.model import Rule
from gradcheck.scan.reporting import Format
from gradcheck.tapes.model import OperatorGroup
from gradcheck.trials.cause import Cause
from gradcheck.types import Adapter, Check, HypothesisOfError, Oracle, Reference

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "gradcheck.adapters": ("ADAPTER", Adapter),
    "gradcheck.checks": ("CHECK", Check),
    "gradcheck.diagnosis": ("HYPOTHESIS_OF_ERROR", HypothesisOfError),
    "gradcheck.optimizers.families": ("FAMILY", Family),
    "gradcheck.oracles": ("ORACLE", Oracle),
    "gradcheck.references": ("REFERENCE", Reference),
    "gradcheck.tapes.operators": ("OPERATORS", OperatorGroup),
    "gradcheck.training": ("CAUSE", Cause),
    "gradcheck.scan.render": ("FORMAT", Format),
    "gradcheck.scan.rules": ("RULE", Rule),
}
MODULES = [(package, name) for package in FOLDERS for name in extensions.names(package)]


@pytest.mark.parametrize("package", FOLDERS)
def test_no_extension_folder_is_empty(package):
    assert extensions.names(package)


@pytest.mark.parametrize("package", FOLDERS)
def test_an_extension_folders_own_module_holds_no_more_than_a_sentence(package):
    # It runs when the folder is listed, and when any one member is loaded.
    text = (ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
    statements = ast.parse(text).body
    assert all(isinstance(statement, ast.Expr | ast.ImportFrom) for statement in statements)
    assert [s.module for s in statements if isinstance(s, ast.ImportFrom)] in ([], ["__future__"])


@pytest.mark.parametrize(("package", "name"), MODULES, ids=".".join)
def test_a_module_exports_its_constant_under_its_own_name(package, name):
    constant, kind = FOLDERS[package]
    member = extensions.load(package, name, constant, kind)
    assert member.name == name
    assert member.summary


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """Write an extension folder `planted` from file names and texts; forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)

    def plant(**files):
        folder = tmp_path / "planted"
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)

    yield plant
    for name in [name for name in sys.modules if name.partition(".")[0] == "planted"]:
        del sys.modules[name]


def test_names_are_file_names_sorted_and_nothing_is_imported(planted):
    planted(zebra="raise RuntimeError", ant="raise RuntimeError", _private="raise RuntimeError")
    assert extensions.names("planted") == ("ant", "zebra")
    assert "planted.ant" not in sys.modules


def test_a_folder_is_loaded_whole(planted):
    planted(one="NUMBER = 1", two="NUMBER = 2")
    assert extensions.load_all("planted", "NUMBER", int) == {"one": 1, "two": 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("", "NUMBER=None", id="no constant"),
        pytest.param("number = 1", "NUMBER=None", id="another name"),
        pytest.param("NUMBER = 'one'", "NUMBER='one'", id="another kind"),
    ],
)
def test_a_module_without_its_constant_is_refused_by_name(planted, text, found):
    planted(oops=text)
    with pytest.raises(ExtensionError) as refusal:
        extensions.load("planted", "oops", "NUMBER", int)
    assert str(refusal.value) == f"planted.oops must export NUMBER, an instance of int; found {found}"


def test_a_folder_that_is_none_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "planted_module.py").write_text("")
    with pytest.raises(ExtensionError, match=r"^planted_module is not an extension folder$"):
        extensions.names("planted_module")
    with pytest.raises(ExtensionError, match=r"^planted_nowhere is not an extension folder$"):
        extensions.names("planted_nowhere")
