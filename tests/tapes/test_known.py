"""Every wrong operator of the ledgers of tapes is failed by name, and no right one ever is."""

import ast
from pathlib import Path

import pytest

from gradcheck.cases.importing.loading import load, resolve
from gradcheck.source.discovery import find_layers
from gradcheck.tape_building import rehearse_module, told_back
from gradcheck.tapes import apart
from gradcheck.tapes.battery import learnt, rows
from gradcheck.tapes.functions import functions_of
from gradcheck.tapes.telling import result_of
from gradcheck.types import Outcome, Profile

ROOT = Path(__file__).parents[2]
SEED = 0


def files(folder):
    return sorted((ROOT / "tests" / folder / "tapes").glob("*.py"))


def known(folder):
    """(file, class, entry) of every line of the ledgers below a folder."""
    found = []
    for file in files(folder):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LEDGER":
                found += [(file, name, entry) for name, entry in ast.literal_eval(node.value).items()]
    return found


RIGHT, WRONG = known("known_right"), known("known_wrong")
IDS = {"ids": lambda value: value if isinstance(value, str) else getattr(value, "stem", "")}
SITES = {
    (site.file, site.qualname): site
    for site in find_layers([*files("known_right"), *files("known_wrong")], root=ROOT).sites
}


@pytest.fixture
def in_this_process(monkeypatch):
    """Without a process per operator: the wrong tapes keep nothing globally."""
    monkeypatch.setattr(apart, "FORKS", False)


def examined(file, name, profile=Profile.FAST):
    loaded = load(file, ROOT)
    cls = resolve(loaded, name)
    tape = learnt(cls, functions_of(cls, loaded.module, loaded.surroundings.modules, loaded.root), {})
    return result_of(SITES[file, name], rows(tape, SEED, profile), tape.code, SEED)


def judged(file, name):
    site = SITES[file, name]
    arguments = {"seed": SEED, "profile": "fast", "init": {}, "inputs": {}, "forward": site.forward.name}
    return told_back(site, rehearse_module(file, ROOT, name, arguments), SEED)


def outcomes(result, outcome):
    return {quantity.name for quantity in result.quantities if quantity.outcome is outcome}


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(("file", "name", "entry"), [one for one in WRONG if "operators" in one[2]], **IDS)
def test_a_wrong_operator_is_failed_by_name_and_nothing_else_is(file, name, entry):
    result = examined(file, name)
    assert result.outcome is Outcome.FAILED
    assert outcomes(result, Outcome.FAILED) == set(entry["operators"])
    assert entry["says"] in "\n".join(result.table)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(("file", "name", "entry"), [one for one in WRONG if "module" in one[2]], **IDS)
def test_a_wrong_module_is_failed_by_the_names_of_its_tensors(file, name, entry):
    result = judged(file, name)
    assert result.outcome is Outcome.FAILED
    assert outcomes(result, Outcome.FAILED) == set(entry["module"])
    assert entry["says"] in "\n".join([result.headline, *result.hint])


@pytest.mark.parametrize(("file", "name", "entry"), [one for one in RIGHT if "module" not in one[2]], **IDS)
def test_a_right_tape_passes(file, name, entry):
    result = examined(file, name, Profile.DEFAULT)
    assert result.outcome is Outcome.PASSED, result.table
    assert outcomes(result, Outcome.FAILED) == set()
    assert set(entry["operators"]) <= outcomes(result, Outcome.PASSED)


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(("file", "name", "entry"), [one for one in RIGHT if "module" in one[2]], **IDS)
def test_a_right_module_passes_for_all_of_its_tensors(file, name, entry):
    result = judged(file, name)
    assert result.outcome is Outcome.PASSED
    assert set(entry["module"]) <= outcomes(result, Outcome.PASSED)
