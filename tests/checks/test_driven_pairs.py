"""Pairs of functions are driven, told other settings and shown as code that runs."""

import textwrap

import pytest

from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers
from gradcheck.types import Outcome

LEAKY = """
    import numpy as np


    def leaky_forward(x, leaky_param):
        slope = leaky_param["slope"]
        return np.where(x > 0, x, slope * x), (x, slope)


    def leaky_backward(dout, cache):
        x, slope = cache
        return dout * np.where(x > 0, 1.0, {slope})
"""
DENSE = """
    import numpy as np

    KEPT = {{}}


    def dense_forward(x, w):
        cache = {cache}
        cache["x"], cache["w"] = x, w
        return x @ w, cache


    def dense_backward(dout, cache):
        return dout @ cache["w"].T, cache["x"].T @ dout
"""


@pytest.fixture
def examined(tmp_path):
    def run(code, check):
        (tmp_path / "layers.py").write_text(textwrap.dedent(code))
        (tmp_path / "pyproject.toml").write_text("")
        site = find_layers([tmp_path], root=tmp_path).sites[0]
        runner = Runner(tmp_path)
        return runner.check(runner.build(site), check)

    return run


def test_each_call_has_a_cache_of_its_own(examined):
    shared = examined(DENSE.format(cache="KEPT"), "protocol")
    assert shared.outcome is Outcome.FAILED
    assert "handed the cache of the first" in shared.headline


def test_a_cache_made_by_each_call_is_one(examined):
    found = examined(DENSE.format(cache="dict()"), "protocol")
    assert found.outcome is Outcome.PASSED
    assert "two forwards, two backwards: a cache for each call" in found.table


def test_an_entry_of_a_dictionary_of_settings_is_varied_and_the_failure_is_code_that_runs(examined):
    source = LEAKY.replace("{slope}", "slope or 0.01")
    found = examined(source, "shapes")
    assert found.outcome is Outcome.FAILED
    names = {}
    exec(textwrap.dedent(source), names)  # noqa: S102 - the layer as its author wrote it
    exec("\n".join(found.example), names)  # noqa: S102 - what a person would paste
    assert names["leaky_param"]["slope"] == 0.0
    assert names["answer"][0].shape == names["x"].shape
