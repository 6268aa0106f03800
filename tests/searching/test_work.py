"""What a search costs is counted in lines and entries, and ends it where forward takes long."""

import sys
import textwrap

import pytest

from gradcheck.run import Runner
from gradcheck.searching import hunt
from gradcheck.searching.space import space_of
from gradcheck.searching.work import cost_of
from gradcheck.source.discovery import find_layers

SQUARE = """
    import numpy as np


    class Square:
        def forward(self, x):
            self.x = x
            return x * x

        def backward(self, dout):
            return 2.0 * self.x * dout
"""
LOOP = SQUARE.replace("return x * x", "return np.array([[entry * entry for entry in row] for row in x])")


@pytest.fixture
def layer(tmp_path):
    def built(source):
        root = tmp_path / str(len(source))
        root.mkdir(exist_ok=True)
        (root / "layers.py").write_text(textwrap.dedent(source))
        (root / "pyproject.toml").write_text("")
        runner = Runner(root)
        return runner, runner.build(find_layers([root], root=root).sites[0])

    return built


def cost(case):
    space = space_of(case, case.blueprint)
    return cost_of(space)(space.inputs(space.as_built))


@pytest.mark.skipif(sys.gettrace() is not None, reason="lines are counted by nobody else at the same time")
def test_a_loop_over_entries_costs_more_than_one_call_and_the_same_each_time(layer):
    whole, loop = cost(layer(SQUARE)[1]), cost(layer(LOOP)[1])
    assert loop > whole
    assert cost(layer(LOOP)[1]) == loop
    assert sys.gettrace() is None


def test_a_search_that_costs_too_much_ends_at_the_same_place_and_says_so(layer, monkeypatch):
    runner, case = layer(SQUARE)
    unlimited = runner.check(case, "shapes")
    monkeypatch.setitem(hunt.MOST_WORK, next(iter(hunt.MOST_WORK)), 8.5 * cost(case))
    first, second = (Runner(runner.root).check(case, "shapes") for _ in range(2))
    assert first.compared == second.compared
    assert first.compared < unlimited.compared
    assert any("takes long" in note for note in first.notes)
    assert not any("takes long" in note for note in unlimited.notes)
