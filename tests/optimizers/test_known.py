"""Every wrong optimizer of the ledgers fails in its own words, and no right one ever does."""

import ast
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gradcheck.cases.importing.loading import load, resolve
from gradcheck.optimizers.examining import examine
from gradcheck.optimizers.forms import Tensors
from gradcheck.source.optimizer_names import claimed
from gradcheck.source.optimizers import find_optimizers

ROOT = Path(__file__).parents[2]
SEEDS = range(3)
FEWEST = 20


def known(folder):
    """(file, class, entry) of every line of the ledgers below a folder."""
    found = []
    for file in sorted((ROOT / "tests" / folder / "optimizers").glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LEDGER":
                found += [(file, name, entry) for name, entry in ast.literal_eval(node.value).items()]
    return found


RIGHT, WRONG = known("known_right"), known("known_wrong")
IDS = {"ids": lambda value: value if isinstance(value, str) else getattr(value, "stem", "")}


def examined(file, name, seed):
    return examine(resolve(load(file, ROOT), name), claimed(name.rpartition(".")[2]), seed)


def test_there_are_enough_of_both_and_all_are_found_by_reading():
    assert min(len(RIGHT), len(WRONG)) >= FEWEST
    for folder, ledger in (("known_right", RIGHT), ("known_wrong", WRONG)):
        sites = find_optimizers([ROOT / "tests" / folder / "optimizers"], root=ROOT)
        found = {(site.file, site.qualname) for site in sites}
        assert {(file, name) for file, name, _ in ledger} == found


@pytest.mark.parametrize(("file", "name", "entry"), RIGHT, **IDS)
def test_a_right_optimizer_passes_and_its_variant_is_named(file, name, entry):
    for seed in SEEDS:
        answer = examined(file, name, seed)
        assert answer.outcome == "passed", answer
        assert bool(answer.notes) == bool(entry["variant"])
        assert not entry["variant"] or any(entry["variant"] in note for note in answer.notes)


@pytest.mark.parametrize(("file", "name", "entry"), WRONG, **IDS)
def test_a_wrong_optimizer_fails_by_step_and_term(file, name, entry):
    for seed in SEEDS:
        answer = examined(file, name, seed)
        assert answer.outcome == "failed", answer
        assert "step " in answer.headline
        assert entry["says"] in answer.headline


def test_a_variant_fails_where_torch_is_declared():
    file, name, _ = next(entry for entry in RIGHT if entry[1] == "RMSprop")
    answer = examine(resolve(load(file, ROOT), name), "rmsprop", 0, exact=True)
    assert answer.outcome == "failed"
    assert "epsilon inside the root" in answer.headline


def test_an_update_nobody_knows_is_inconclusive_not_wrong():
    class SGD:
        def __init__(self, lr):
            self.lr = lr

        def update(self, w, dw):
            return w - self.lr * dw - 0.01 * dw**3

    answer = examine(SGD, "sgd", 0)
    assert answer.outcome == "inconclusive"
    assert "no known form of SGD" in answer.headline


def test_torch_s_own_optimizers_and_those_made_of_them_pass():
    torch = pytest.importorskip("torch")
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
        own = type(name, (getattr(torch.optim, name),), {})
        answer = examine(own, claimed(name), 0)
        assert (answer.outcome, answer.notes) == ("passed", []), answer


class Reversed:
    """A step up the gradient, for parameters of whatever kind."""

    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self):
        for p in self.params:
            p.data += self.lr * p.grad


def tries_tensors(monkeypatch):
    """Whether torch's parameters are made while the class is examined."""
    made = []
    monkeypatch.setattr(Tensors, "__init__", lambda *_: made.append(1))
    assert examine(Reversed, "sgd", 0).outcome == "failed"
    return bool(made)


def test_tensors_are_not_tried_on_a_class_that_moves_arrays_and_names_no_torch(monkeypatch):
    assert not tries_tensors(monkeypatch)


def test_tensors_are_tried_on_a_class_whose_module_names_torch(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "torch", ModuleType("torch"), raising=False)
    assert tries_tensors(monkeypatch)
