"""The ledgers of known trainings, and what is found in each."""

import ast
import importlib.util
from pathlib import Path

import pytest

import gradcheck
from gradcheck.types import Outcome

TESTS = Path(__file__).resolve().parents[1]


def ledger(file):
    """The LEDGER of a module, read without importing it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LEDGER":
            return ast.literal_eval(node.value)
    return {}


def _entries(folder):
    files = sorted((TESTS / folder / "training").glob("*.py"))
    return [pytest.param(file, name, id=f"{file.stem}::{name}") for file in files for name in ledger(file)]


def pytest_generate_tests(metafunc):
    for folder in ("known_wrong", "known_right"):
        if f"{folder}_training" in metafunc.fixturenames:
            metafunc.parametrize(f"{folder}_training", [pytest.param(p.values, id=p.id) for p in _entries(folder)])


def _made(file, name, seed):
    if file.stem.startswith("torch"):
        pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location(f"known_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)(seed)


@pytest.fixture
def failed():
    """(file, function, seed) to the findings that hold, in the order of the report."""

    def look(file, name, seed):
        made = _made(file, name, seed)
        report = gradcheck.check_training(**made) if isinstance(made, dict) else gradcheck.check_training(made)
        return [result.check for result in report.results if result.outcome is Outcome.FAILED]

    return look


@pytest.fixture
def expected():
    return lambda file, name: ledger(file)[name]


@pytest.fixture
def entries():
    return lambda folder: [parameter.values for parameter in _entries(folder)]
