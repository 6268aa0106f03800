import ast
import functools
import importlib.util
import os
from pathlib import Path

import pytest

from gradcheck.catalogue import check_names
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

ROOT = Path(__file__).resolve().parents[2]
SEEDS = range(int(os.environ.get("GRADCHECK_SOAK_SEEDS", "3")))


def ledger_of(file):
    """The LEDGER of a module of known layers, read without importing it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LEDGER":
            return ast.literal_eval(node.value)
    return {}


@functools.cache
def known(folder):
    """(site, ledger entry) of every layer a folder's ledgers name, and the entries without a layer."""
    sites = {(site.path, site.qualname): site for site in find_layers([ROOT / "tests" / folder], root=ROOT).sites}
    found, lost = [], []
    for file in sorted((ROOT / "tests" / folder).glob("*.py")):
        if file.name.startswith("torch_") and not importlib.util.find_spec("torch"):
            continue
        path = file.relative_to(ROOT).as_posix()
        for name, entry in ledger_of(file).items():
            site = sites.get((path, name))
            if site is None:
                lost.append(f"{path}::{name}")
            else:
                found.append((site, entry))
    return found, lost


def results(sites, seed):
    """Every check of every layer: identity to (case, results by check name)."""
    runner = Runner(ROOT, seed=seed)
    answer = {}
    for path in dict.fromkeys(site.path for site in sites):
        here = [site for site in sites if site.path == path]
        runner.prepare(here)
        for site in here:
            case = runner.build(site)
            answer[site.identity] = case, {name: runner.check(case, name) for name in check_names(site.family)}
    return answer


@pytest.fixture(scope="session")
def known_layers():
    return known


@pytest.fixture(scope="session")
def checked():
    return results
