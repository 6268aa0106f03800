"""Which classes are taken for optimizers."""

import pytest

from gradcheck.source.optimizer_names import claimed
from gradcheck.source.optimizers import OPTIMIZER, find_optimizers

BASE = """\
class Optimizer:
    def __init__(self, params, lr):
        pass
    def step(self):
        raise NotImplementedError
"""
ADAM = "class Adam(Optimizer):\n    def step(self):\n        return 1\n"


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Adam", "adam"),
        ("AdamOptimizer", "adam"),
        ("Optimizer_RMSprop", "rmsprop"),
        ("MomentumSGD", "momentum"),
        ("SGD_momentum", "momentum"),
        ("AdamW", "adamw"),
        ("AdamScheduler", ""),
        ("Gradient", ""),
        ("Optimizer", ""),
    ],
)
def test_a_name_claims_a_rule(name, rule):
    assert claimed(name) == rule


def test_the_learning_rate_and_the_step_may_be_inherited(tmp_path):
    (tmp_path / "base.py").write_text(BASE)
    (tmp_path / "optim.py").write_text(f"from base import Optimizer\n{ADAM}")
    (site,) = find_optimizers([tmp_path], root=tmp_path)
    assert (site.identity, site.family, site.backward.name) == ("optim.py::Adam", OPTIMIZER, "step")


def test_what_has_no_learning_rate_or_no_step_of_its_own_is_none(tmp_path):
    (tmp_path / "a.py").write_text(
        BASE
        + "class SGD(Optimizer):\n    pass\n"
        + "class Adam:\n    def __init__(self, name):\n        pass\n    def step(self):\n        return 1\n"
        + "def f():\n    class Momentum:\n        def update(self, w, dw, lr):\n            return w\n"
    )
    assert find_optimizers([tmp_path], root=tmp_path) == ()


def test_test_files_count_only_when_named(tmp_path):
    file = tmp_path / "test_optim.py"
    file.write_text(BASE + ADAM)
    assert find_optimizers([tmp_path], root=tmp_path) == ()
    assert len(find_optimizers([file], root=tmp_path)) == 1
    assert find_optimizers([file.with_name("missing.py")], root=tmp_path) == ()


def test_excluded_folders_are_left_out(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.py").write_text(BASE + ADAM)
    assert find_optimizers([tmp_path], root=tmp_path, exclude=["old"]) == ()
