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
SOAK = "GRADCHECK_SOAK_SEEDS" in os.environ
SEEDS = range(int(os.environ.get("GRADCHECK_SOAK_SEEDS", "3")))
#: Checks that call a layer dozens of times: at each seed of every third right layer, and of every thirteenth where
#: forty configurations are tried, in turns; of all in a soak.
IN_TURNS = {"protocol": 3, "batch": 3, "precision": 3, "shapes": 13}


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


def checks_of(site, entry, position, seed):
    """The checks of a known layer at a seed: all that matter of a wrong one, the costly ones of right ones in turns."""
    names = check_names(site.family)
    if "check" in entry:
        return [name for name in names if name != "shapes" or entry["check"] == "shapes"]
    costly = {name for name, every in IN_TURNS.items() if not SOAK and position % every != seed % every}
    return [name for name in names if name not in costly]


def results(layers, seed):
    """The checks of every layer: identity to (case, results by check name)."""
    runner = Runner(ROOT, seed=seed)
    answer = {}
    for path in dict.fromkeys(site.path for site, _ in layers):
        runner.prepare([site for site, _ in layers if site.path == path])
    for position, (site, entry) in enumerate(layers):
        case = runner.build(site)
        answer[site.identity] = (
            case,
            {name: runner.check(case, name) for name in checks_of(site, entry, position, seed)},
        )
    return answer


@pytest.fixture(scope="module", autouse=True)
def _kept_elsewhere(tmp_path_factory):
    """What fails here is not tried first in the next run: each is found anew. Other folders keep theirs."""
    from gradcheck.searching import hunt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hunt, "KEPT", tmp_path_factory.mktemp("kept") / "examples")
        yield


def pytest_generate_tests(metafunc):
    """Run a test once per file of the folder its module names, and per seed it takes, so that processes share them."""
    if "ledger" not in metafunc.fixturenames:
        return
    files = list({site.path: None for site, _ in known(metafunc.module.FOLDER)[0]})
    if "seed" not in metafunc.fixturenames:
        metafunc.parametrize("ledger", files, ids=[Path(file).stem for file in files])
        return
    # Torch code takes longest: at one seed here, at all of them under `make soak`.
    pairs = [(file, seed) for seed in SEEDS for file in files if seed == 0 or SOAK or "/torch_" not in file]
    metafunc.parametrize(("ledger", "seed"), pairs, ids=[f"{Path(file).stem}-{seed}" for file, seed in pairs])


@pytest.fixture(scope="session")
def known_layers():
    return known


@pytest.fixture(scope="session")
def checked():
    return results
